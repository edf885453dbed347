package super

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"holdfast/internal/host/gaze"
)

// initFiles writes the numbers that track files begin with, used or not. At a reload those that are there stay as they are.
func (p *parent) initFiles(start bool) {
	for i := range p.gen.files {
		f := &p.gen.files[i]
		err := gaze.Init(f.Path.V, f.Init.V, f.Overwrite && start)
		if err == nil {
			continue
		}
		var no syscall.Errno
		why := err.Error()
		if errors.As(err, &no) {
			why = fmt.Sprintf("errno %d (%s)", int(no), strings.ToUpper(why[:1])+why[1:])
		}
		p.log.Info("Unable to open '" + f.Path.V + "' - " + why)
		p.log.Info(fmt.Sprintf("(%s: Line %d) Unable to initialise track file %s", f.End.File(), f.End.Line(), f.Name))
	}
}
