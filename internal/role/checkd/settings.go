package checkd

import (
	"errors"
	"fmt"
	"slices"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

// settingsWish is what shall be of the kernel's settings of IPVS.
type settingsWish struct {
	set   []conf.Sysctl
	needs []check.Need // what the configuration supposes of the others
}

func settingsWanted(cfg *conf.Config) *settingsWish {
	return &settingsWish{set: cfg.Global.IPVSSysctl, needs: check.Needs(cfg)}
}

// setSettings sets what a configuration names, puts back what an earlier one had set, and returns what there is to tell. With a kernel
// that has no IPVS yet it stays a wish.
func (h *hand) setSettings(w *settingsWish) (lines []string) {
	h.settingsWish = nil
	fail := func(name string, err error) (wait bool) {
		if errors.Is(err, errNoIPVS) {
			h.settingsWish = w
			return true
		}
		lines = append(lines, "IPVS: cannot set "+name+": "+err.Error())
		return false
	}
	for name, was := range h.former.Settings {
		if slices.ContainsFunc(w.set, func(s conf.Sysctl) bool { return s.Name == name }) {
			continue
		}
		if err := h.kernel.SetSetting(name, was); err != nil && fail(name, err) {
			return nil
		}
		delete(h.former.Settings, name)
		h.remember()
	}
	for _, s := range w.set {
		now, err := h.kernel.Setting(s.Name)
		if err == nil && now != s.Value.V {
			err = h.change(s.Name, now, s.Value.V)
		}
		if err != nil && fail(s.Name, err) {
			return nil
		}
	}
	for _, n := range w.needs {
		if now, err := h.kernel.Setting(n.Name); err == nil && now != n.Value {
			lines = append(lines, fmt.Sprintf("IPVS: net.ipv4.vs.%s is %d and not %d: %s", n.Name, now, n.Value, n.Why))
		}
	}
	return lines
}

// change changes a setting.
func (h *hand) change(name string, from, to int) error {
	_, known := h.former.Settings[name]
	if !known {
		h.former.Settings[name] = from
		h.remember()
	}
	err := h.kernel.SetSetting(name, to)
	if err != nil && !known {
		delete(h.former.Settings, name)
		h.remember()
	}
	return err
}

// retrySettings sets what waits for the kernel to have IPVS.
func (h *hand) retrySettings() {
	if h.settingsWish != nil {
		h.lines(h.setSettings(h.settingsWish)...)
	}
}
