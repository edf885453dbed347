package lab

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/screen"
)

const (
	frame     = 50 * time.Millisecond
	repaint   = 100 * time.Millisecond
	enterAlt  = "\x1b[?1049h\x1b[?25l" // alternate screen, no cursor (xterm; ECMA-48 private modes)
	leaveAlt  = "\x1b[?25h\x1b[?1049l"
	goHome    = "\x1b[H"
	restOfRow = "\x1b[K"
	restBelow = "\x1b[J"
)

// view is what shows a scenario while it goes on.
type view interface {
	event(ev record.Event)
	see(tape *record.Tape, p play.Progress)
	again(tape *record.Tape)
	hold(notes []string)
	logs(tape *record.Tape) // what the daemons said, after something failed
	end()                   // may be called twice
}

// show is the live view: a picture on a terminal, else lines.
type show struct {
	live func() // called when there is something to see

	term    *os.File // nil: lines
	lines   io.Writer
	teller  screen.Teller
	scene   screen.Scene
	painted time.Duration
	step    int // announced in lines
}

func newShow(o *Options, p *play.Pair, program string) *show {
	s := &show{
		term: o.Screen, lines: o.Lines, teller: screen.Teller{Pair: p}, step: -1,
		scene: screen.Scene{Pair: p, Daemon: program}, painted: -repaint,
		live: o.live,
	}
	if s.term != nil {
		_, _ = io.WriteString(s.term, enterAlt)
		return s
	}
	if o.clock.first > 0 { // another one was shown before
		fmt.Fprintln(s.lines)
	}
	fmt.Fprintf(s.lines, "%s: %s\ndaemon %s\n", p.Name, p.Title, program)
	return s
}

// live notes when there was something to see for the first time.
func (o *Options) live() {
	if o.clock.first == 0 {
		o.clock.first = time.Since(o.Began)
	}
}

// end gives the terminal back. It may be called twice.
func (s *show) end() {
	if s.term != nil {
		_, _ = io.WriteString(s.term, leaveAlt)
		s.term = nil
	}
}

// event tells of one event in lines.
func (s *show) event(ev record.Event) {
	if s.term != nil {
		return
	}
	if line, ok := s.teller.Event(ev); ok {
		fmt.Fprintln(s.lines, line)
	}
}

// see shows where the scenario stands.
func (s *show) see(tape *record.Tape, p play.Progress) {
	rowsBefore := len(s.scene.Progress.Rows)
	s.scene.Tape, s.scene.Progress = tape, p
	if s.term != nil {
		s.again(tape)
		return
	}
	for _, r := range p.Rows[rowsBefore:] {
		verdict := "ok    "
		if !r.OK {
			verdict = "FAILED"
		}
		fmt.Fprintf(s.lines, "           %s %s: %s\n", verdict, r.Want, r.Got)
	}
	if p.At != s.step && p.At < len(p.Steps) {
		s.step = p.At
		s.live()
		fmt.Fprintf(s.lines, "step %s: %s\n", p.Steps[p.At].Name, p.Steps[p.At].Story)
	}
}

// again paints the picture if it is time to.
func (s *show) again(tape *record.Tape) {
	if s.term == nil || tape.Now-s.painted < repaint {
		return
	}
	s.live()
	s.painted = tape.Now
	w, h, err := term.GetSize(int(s.term.Fd()))
	if err != nil || w <= 0 || h <= 0 {
		w, h = 80, 24
	}
	s.scene.Tape = tape
	var b strings.Builder
	b.WriteString(goHome)
	for _, l := range screen.Picture(s.scene, screen.Size{Width: w, Height: h}, true) {
		b.WriteString(l + restOfRow + "\r\n")
	}
	b.WriteString(restBelow)
	_, _ = io.WriteString(s.term, b.String()) // a terminal that went away ends us by SIGHUP
}

// hold tells how to look inside.
func (s *show) hold(notes []string) {
	s.scene.Notes = notes
	if s.term == nil {
		fmt.Fprintln(s.lines, strings.Join(notes, "\n"))
	}
}

// logs tells what the daemons said last, after something failed.
func (s *show) logs(tape *record.Tape) {
	s.end()
	fmt.Fprintln(s.lines, "what the daemons have said last:")
	for _, node := range play.Routers {
		for _, l := range tape.Node(node).Lines {
			fmt.Fprintf(s.lines, "%s: %s\n", node, screen.LogText(l))
		}
	}
}
