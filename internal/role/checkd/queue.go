package checkd

import "sync"

// queue hands things from one goroutine to another, in order.
type queue[T any] struct {
	mu    sync.Mutex
	list  []T
	ready chan struct{} // holds a token while there may be something
}

func newQueue[T any]() *queue[T] { return &queue[T]{ready: make(chan struct{}, 1)} }

// put appends and reports how many things there are now.
func (q *queue[T]) put(items ...T) int {
	q.mu.Lock()
	q.list = append(q.list, items...)
	n := len(q.list)
	q.mu.Unlock()
	q.wake()
	return n
}

func (q *queue[T]) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take returns everything that there is.
func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}
