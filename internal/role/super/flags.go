package super

// Flags is what the command line says. Parent and children read the same command line, so nothing of
// this travels between them.
type Flags struct {
	ConfigFile string // -f
	ConfigID   string // -i; "" means the node name up to its first dot
	AllConfig  bool   // -e

	NoVRRP  bool // -C
	NoCheck bool // -P
	NoBFD   bool // -B
	All     bool // --all: start roles that have nothing configured

	Foreground bool // -n
	Console    bool // -l; only effective with Foreground
	Detail     int  // -D, counted
	NoSyslog   bool // -G
	Facility   int  // -S: syslog facility code; 0 means daemon
	LogFile    string
	FlushLog   bool

	Umask     uint32
	UmaskSet  bool // -u: overrides the configuration
	Namespace string
	Single    bool // --single: roles as goroutines of one process

	PIDFile, VRRPPIDFile, CheckersPIDFile, BFDPIDFile string

	DumpConf        bool // -d
	ReleaseVIPs     bool // -X
	DontReleaseVRRP bool // -V
	DontReleaseIPVS bool // -I
	DontRespawn     bool // -R

	CoreDump    bool   // -m, -M
	CorePattern string // -M

	// Idle names the options that were given, are accepted and do nothing yet, as they were written.
	Idle []string
}
