package checkd

import (
	"encoding/json"

	"holdfast/conf"
)

// former is how the kernel was before we came, of what we have changed and are to put back. It outlives a crash with the parent, for what
// the next life finds is ours.
type former struct {
	Settings map[string]int   `json:"settings,omitempty"` // below net.ipv4.vs, by name
	Timeouts conf.LVSTimeouts `json:"timeouts"`           // 0: not changed
}

// newFormer reads what an earlier life has said; empty: there was none.
func newFormer(legacy string) (f former, err error) {
	if legacy != "" {
		err = json.Unmarshal([]byte(legacy), &f)
	}
	if err != nil {
		f = former{}
	}
	if f.Settings == nil {
		f.Settings = make(map[string]int)
	}
	return f, err
}

// remember has the parent know what the next life is to put back: before something is changed, and once it is put back.
func (h *hand) remember() {
	if h.tell == nil {
		return
	}
	text, err := json.Marshal(h.former)
	if err != nil {
		panic(err) // it is made of numbers
	}
	h.tell(string(text))
}
