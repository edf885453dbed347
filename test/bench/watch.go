package main

import (
	"errors"
	"fmt"
)

// watch hears a takeover on a trunk: the adverts of A, then what B says.
type watch struct {
	fromA, adverts, garps *sniffer
}

const etherIP = etherIPv4

func (t *trunk) watch() (w *watch, err error) {
	w = &watch{}
	var errs [3]error
	w.fromA, errs[0] = sniff(t.b, etherIP, protoVRRP)
	w.adverts, errs[1] = sniff(t.a, etherIP, protoVRRP)
	w.garps, errs[2] = sniff(t.a, etherARP, 0)
	if err := errors.Join(errs[:]...); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *watch) close() {
	for _, sn := range []*sniffer{w.fromA, w.adverts, w.garps} {
		if sn != nil {
			sn.close()
		}
	}
}

// byRouter names a virtual router of a trunk by its cable and VRID, which manyConf puts into every address.
func byRouter(f frame) string {
	if f.kind == advertFrame {
		return fmt.Sprintf("%d/%d", f.ip[2], f.vrid)
	}
	return fmt.Sprintf("%d/%d", f.ip[2], f.ip[3])
}

func byIP(f frame) string { return string(f.ip[:]) }

// firsts returns the first instant at or after from of each key.
func firsts(frames []frame, from int64, key func(frame) string) map[string]int64 {
	at := map[string]int64{}
	for _, f := range frames {
		k := key(f)
		if _, known := at[k]; !known && f.at >= from {
			at[k] = f.at
		}
	}
	return at
}

// lastWords returns the instant of A's last advert for each router.
func (w *watch) lastWords() map[string]int64 {
	at := map[string]int64{}
	for _, f := range w.fromA.drain() {
		at[byRouter(f)] = f.at
	}
	return at
}

// takeover returns B's first advert and first announcement for each router since an instant.
func (w *watch) takeover(since int64) (adverts, garps map[string]int64) {
	return firsts(w.adverts.drain(), since, byRouter), firsts(w.garps.drain(), since, byRouter)
}
