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
