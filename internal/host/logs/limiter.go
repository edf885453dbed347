package logs

// A Limiter lets one line per key through until the key is reset, as keepalived does for receive
// errors: one line per instance and kind until the state changes or a good advert arrives. The zero
// value is ready. It is a plain value for one owner: no clock, no lock.
type Limiter[K comparable] struct {
	held map[K]uint64 // lines held back per key that has had its line
}

// Allow reports whether a line of this key is to be written, and counts it if not.
func (l *Limiter[K]) Allow(key K) bool {
	if n, had := l.held[key]; had {
		l.held[key] = n + 1
		return false
	}
	if l.held == nil {
		l.held = make(map[K]uint64)
	}
	l.held[key] = 0
	return true
}

// Held returns how many lines of key were held back since its line.
func (l *Limiter[K]) Held(key K) uint64 { return l.held[key] }

// Reset lets the next line of key through and returns how many were held back.
func (l *Limiter[K]) Reset(key K) uint64 {
	n := l.held[key]
	delete(l.held, key)
	return n
}

// ResetIf resets every key that match accepts, such as all kinds of one instance, and returns how many
// lines they held back.
func (l *Limiter[K]) ResetIf(match func(K) bool) uint64 {
	var n uint64
	for k, held := range l.held {
		if match(k) {
			n += held
			delete(l.held, k)
		}
	}
	return n
}
