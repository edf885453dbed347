package conf

import (
	"slices"

	"holdfast/conf/diag"
)

// checkTracking drops what is tracked anyway: an instance's own interface.
func checkTracking(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if in.DontTrackPrimary.V {
			continue
		}
		in.TrackInterfaces = slices.DeleteFunc(in.TrackInterfaces, func(t TrackInterface) bool {
			if t.Name != in.Interface.V {
				return false
			}
			l.Add(of(in, about(t.At, "own-interface", t.Name+" is the instance's own interface, which is tracked anyway",
				"("+in.Name+") Ignoring track_interface "+t.Name+" since own interface", "the line is ignored")))
			return true
		})
	}
}
