package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// webVar is set for the bench that is a web server, to its name.
const webVar = "HOLDFAST_BENCH_WEB"

// web is a web server as a process of its own, which can be killed.
type web struct {
	in   *space
	name string
	cmd  *exec.Cmd
}

// start starts it; who asks then is served.
func (w *web) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	w.cmd = exec.Command(self)
	w.cmd.Env = append(os.Environ(), webVar+"="+w.name)
	w.cmd.Stderr = os.Stderr
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	ready, err := w.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.in.Do(w.cmd.Start); err != nil {
		return err
	}
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		return fmt.Errorf("web server %s: %w", w.name, err)
	}
	return nil
}

func (w *web) kill() error {
	if w.cmd == nil || w.cmd.Process == nil {
		return nil
	}
	err := w.cmd.Process.Kill()
	_ = w.cmd.Wait() // it tells of the kill
	w.cmd = nil
	return err
}

// A download comes in as many pieces as fill downloadTime, so that it is under way when something happens.
const (
	downloadPath  = "/long"
	downloadTime  = 5 * time.Second
	downloadPiece = 50 * time.Millisecond
)

// beWeb is the web server, until it is killed.
func beWeb(name string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", name)
		fmt.Fprintln(w, "hello")
	})
	mux.HandleFunc(downloadPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", name)
		piece := strings.Repeat("x", 1024)
		for range downloadTime / downloadPiece {
			if _, err := fmt.Fprint(w, piece); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			time.Sleep(downloadPiece)
		}
	})
	l, err := net.Listen("tcp4", ":80")
	if err != nil {
		return err
	}
	fmt.Println() // it listens
	s := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	return errors.Join(errors.New("web server "+name), s.Serve(l))
}
