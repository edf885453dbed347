package syntax

import (
	"errors"
	"io/fs"
	"strings"
)

// kind is what went wrong with a file, as far as anybody needs to know after a replay.
type kind uint8

const (
	otherFault kind = iota
	notExist
	permission
	isDirectory
	notPlain
)

// ErrIsDirectory is what a Source returns (wrapped) when the path is a directory.
var ErrIsDirectory = errors.New("is a directory")

// ErrNotPlain is what a Source returns (wrapped) when the path is something else than a plain file, or is executable.
var ErrNotPlain = errors.New("is not a regular non-executable file")

// errTooLarge is why a file beyond maxFile is not read; it has the text of EFBIG.
var errTooLarge = errors.New("File too large")

func kindOf(err error) kind {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notExist
	case errors.Is(err, fs.ErrPermission):
		return permission
	case errors.Is(err, ErrIsDirectory), strings.HasSuffix(err.Error(), "is a directory"):
		return isDirectory
	case errors.Is(err, ErrNotPlain):
		return notPlain
	}
	return otherFault
}

// cause words an error as strerror(3) does, for keepalived's lines.
func cause(err error) string {
	switch kindOf(err) {
	case notExist:
		return "No such file or directory"
	case permission:
		return "Permission denied"
	case isDirectory:
		return "Is a directory"
	case notPlain:
		return "not a regular non-executable file"
	}
	return err.Error()
}
