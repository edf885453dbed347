package check

// queue is a heap of checkers by the time of their next attempt. Each knows its place, so that any can be taken out.
type queue []*checker

func (q *queue) push(c *checker) {
	c.place = len(*q)
	*q = append(*q, c)
	q.up(c.place)
}

func (q *queue) pop() *checker {
	c := (*q)[0]
	q.remove(c)
	return c
}

// remove takes c out; it must be in.
func (q *queue) remove(c *checker) {
	i, last := c.place, len(*q)-1
	moved := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	c.place = absent
	if i == last {
		return
	}
	(*q)[i], moved.place = moved, i
	q.up(i)
	q.down(moved.place)
}

// absent is the place of a checker that waits for no time.
const absent = -1

func (q queue) before(i, j int) bool {
	a, b := q[i], q[j]
	if a.at.Equal(b.at) {
		return a.id < b.id // the order of the configuration
	}
	return a.at.Before(b.at)
}

func (q queue) swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q queue) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !q.before(i, parent) {
			return
		}
		q.swap(i, parent)
		i = parent
	}
}

func (q queue) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(q) {
			return
		}
		if child+1 < len(q) && q.before(child+1, child) {
			child++
		}
		if !q.before(child, i) {
			return
		}
		q.swap(i, child)
		i = child
	}
}
