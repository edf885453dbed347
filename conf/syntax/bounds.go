package syntax

import (
	"strconv"

	"holdfast/conf/diag"
)

// Bounds that no honest configuration meets; they keep hostile ones from exhausting us. They count work, so that the
// same file meets them on every machine.
const (
	maxIncludeDepth = 32
	maxFiles        = 10_000
	maxFile         = 1 << 30 // bytes of one file; places in it have 32 bits
	maxAgain        = 1 << 22 // bytes of files that are read more than once
	maxExpansion    = 1 << 16 // bytes that one line may grow to
	maxLines        = 1 << 17 // lines that repetitions and definitions may make
	maxFollowed     = 1 << 20 // references that all lines together may follow
	maxGrowth       = 1 << 25 // bytes that all expansions together may come to
	maxSteps        = 1 << 20 // steps that the explanations of all places together may have
	maxMoved        = 1 << 29 // bytes that lines being expanded may be moved about
	maxReferences   = 32      // definitions that refer to definitions
	maxAlternatives = 1 << 12 // names that the braces of one include may stand for
)

// bounds is the work that was done.
type bounds struct {
	files    int // files read
	again    int // bytes of files read more than once
	lines    int // lines made by expansions
	followed int // references followed
	grown    int // bytes made by expansions
	steps    int // steps in explanations
	moved    int // bytes moved about
}

// made accounts for a line of n bytes that an expansion makes; false when that is one too many.
func (e *expander) made(l *line, n int) bool {
	if e.ended {
		return false
	}
	e.work.lines++
	e.work.grown += n
	switch {
	case e.work.lines > maxLines>>e.opt.tight:
		e.exceeded(l, "expansion-too-long", "repetitions and definitions make more than "+strconv.Itoa(maxLines)+" lines")
	case e.work.grown > maxGrowth>>e.opt.tight:
		e.exceeded(l, "expansion-too-long", "the references expand to more than "+strconv.Itoa(maxGrowth>>20)+" MiB")
	}
	return !e.ended
}

// exceeded ends the reading with one finding.
func (e *expander) exceeded(l *line, code, why string) {
	at, via := l.span(0, len(l.text))
	e.stop(diag.Diagnostic{Code: code, At: at, Via: via, Summary: why})
}

// step accounts for a reference whose n lines are explained in so many steps each; false when that is too much.
func (e *expander) step(l *line, n, steps int) bool {
	e.work.steps += n * steps
	if e.work.steps > maxSteps>>e.opt.tight {
		e.exceeded(l, "expansion-too-long", "definitions in definitions take more than "+strconv.Itoa(maxSteps)+" steps")
	}
	return !e.ended
}

// stop ends the reading: half a configuration is none.
func (e *expander) stop(d diag.Diagnostic) {
	if e.ended {
		return
	}
	e.ended = true
	d.Severity, d.Class = diag.Error, diag.ClassFatal
	d.Effect = "nothing of the configuration is used"
	e.out.diags.Add(d)
}

// finding is a code and a place.
type finding struct {
	code string
	at   diag.Span
}

// once reports what may be found again each time that a place is read, or that an expansion comes past it, once.
func (e *expander) once(d diag.Diagnostic) {
	f := finding{d.Code, d.At}
	if !e.told[f] {
		e.told[f] = true
		e.out.diags.Add(d)
	}
}
