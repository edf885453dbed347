package logs

import "log/slog"

// Levels between slog's own. keepalived logs almost everything at LOG_INFO and hides the details
// behind -D (--log-detail); a record at LevelDetail is an LOG_INFO line that needs -D, and one at
// LevelExtra needs it twice.
const (
	LevelExtra  = slog.Level(-3)
	LevelDetail = slog.Level(-2)
	LevelInfo   = slog.LevelInfo
	LevelNotice = slog.Level(2)
)

// threshold returns the lowest level that passes when -D was given detail times. A third -D lets
// slog.LevelDebug through, which keepalived does not have.
func threshold(detail int) slog.Level {
	switch {
	case detail <= 0:
		return LevelInfo
	case detail == 1:
		return LevelDetail
	case detail == 2:
		return LevelExtra
	default:
		return slog.LevelDebug
	}
}

// severity returns the syslog severity of a level (RFC 3164 §4.1.1: 3 error … 7 debug).
func severity(l slog.Level) int {
	switch {
	case l < LevelExtra:
		return 7
	case l < LevelNotice:
		return 6
	case l < slog.LevelWarn:
		return 5
	case l < slog.LevelError:
		return 4
	case l < slog.LevelError+4:
		return 3
	default:
		return 2
	}
}
