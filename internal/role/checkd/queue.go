package checkd

import "sync"

// queue hands things from one goroutine to another, in order.
type queue[T any] struct {
	mu    sync.Mutex
	list  []T
	ready chan struct{} // holds a token while there may be something
}

func newQueue[T any]() *queue[T] { return &queue[T]{ready: make(chan struct{}, 1)} }

func (q *queue[T]) put(item T) {
	q.mu.Lock()
	q.list = append(q.list, item)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// len returns how many things there are.
func (q *queue[T]) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.list)
}

// take returns everything that there is.
func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}
