package explain

// scriptTexts explain the codes about scripts and what is tracked.
var scriptTexts = []Text{
	{
		Code: "unknown-script", Title: "a tracked script that is not defined above",
		Means: "track_script names a vrrp_script that is not there, or stands further down: scripts come before their use.",
		Hurts: "Nothing is tracked by the line; keepalived says \"ignoring\" and runs on. A failing service does not move the addresses.",
		Example: `vrrp_instance VI_1 {
    track_script {
        chk_nginx
    }
}
vrrp_script chk_nginx {
}`,
		Mend: "Correct the name, or move the vrrp_script block above the instance.",
	},
	{
		Code: "missing-script", Title: "a vrrp_script without a script",
		Means: "The block has no script line that could be used.",
		Hurts: "The script is ignored, and so are the lines that track it.",
		Example: `vrrp_script chk_nginx {
    interval 2
}`,
		Mend: "Add script \"COMMAND\".",
	},
	{
		Code: "duplicate-tracking", Title: "something tracked twice",
		Means: "The script or interface is named twice in the blocks of one instance or group.",
		Hurts: "The second line is ignored, with its weight.",
		Example: `track_script {
    chk weight -10
    chk weight -20
}`,
		Mend: "Leave one of the lines.",
	},
	{
		Code: "bad-weight", Title: "not a weight",
		Means: "A weight is a number from -253 to 253.",
		Hurts: "The script's own weight is used, or the weight 0: then a failure is a FAULT.",
		Example: `track_script {
    chk weight -300
}`,
		Mend: "Write a number from -253 to 253.",
	},
	{
		Code: "useless-weight", Title: "a weight that cannot count",
		Means: "The priority of an address owner (255) never changes. In a sync group weights of members do not count unless the group says sync_group_tracking_weight.",
		Hurts: "The line is ignored: the failure of what it tracks has no consequence.",
		Example: `vrrp_sync_group VG_1 {
    group {
        VI_1
        VI_2
    }
}
vrrp_instance VI_1 {
    track_script {
        chk weight -20
    }
}`,
		Mend: "Track it in the group, leave the weight out, or say sync_group_tracking_weight.",
	},
	{
		Code: "unknown-user", Title: "an account that does not exist",
		Means: "script_user, the account that scripts run as by default, or the owner or group of a FIFO is not known to this host.",
		Hurts: "Scripts that name no user of their own are not run: nothing is tracked and nobody is notified. A FIFO is not made.",
		Example: `global_defs {
    script_user keepalived_scripts
}`,
		Mend: "Correct the name, or make the account: useradd -r -s /usr/sbin/nologin NAME.",
	},
	{
		Code: "script-security", Title: "scripts run as root without script security",
		Means: "Scripts are used and enable_script_security is not said.",
		Hurts: "Whoever may change one of the scripts, or a directory on the way to it, is root. keepalived's configuration test ends with status 6.",
		Example: `global_defs {
    # neither enable_script_security nor script_user
}`,
		Mend: "Say enable_script_security and script_user in global_defs.",
	},
	{
		Code: "inaccessible-script", Title: "a script that is not there or cannot be run",
		Means: "The program of a vrrp_script does not exist on this host or may not be executed.",
		Hurts: "Nothing is tracked by it.",
		Example: `vrrp_script chk {
    script "/usr/local/bin/chek"
}`,
		Mend: "Correct the path, or make the file executable: chmod +x FILE.",
	},
	{
		Code: "script", Title: "a script that cannot be judged",
		Means: "The account or program of a script could not be looked up on this host.",
		Hurts: "The script will not be run.",
		Mend:  "The text of the finding says what is missing.",
	},
	{
		Code: "script-not-found", Title: "a program that is in no directory of PATH",
		Means:   "The command is a bare name, and no directory of PATH has a program of that name.",
		Hurts:   "The script will not be run.",
		Example: `script "chek_nginx"`,
		Mend:    "Write the whole path.",
	},
	{
		Code: "script-by-path", Title: "a program found by searching PATH",
		Means:   "The command is a bare name. It was found in PATH, which may be another one when the daemon is started at boot.",
		Hurts:   "What runs depends on the surroundings.",
		Example: `script "pgrep nginx"`,
		Mend:    "Write the whole path.",
	},
	{
		Code: "script-not-accessible", Title: "a program that is not there or cannot be reached",
		Means:   "The file does not exist, or its user may not search a directory on the way.",
		Hurts:   "The script will not be run.",
		Example: `notify_master "/root/notify.sh"`,
		Mend:    "Correct the path, or the permissions of the directory that the finding names.",
	},
	{
		Code: "script-wrong-type", Title: "a program that is no regular file",
		Means:   "The path names a directory, a device or the like.",
		Hurts:   "The script will not be run.",
		Example: `script "/usr/local/bin"`,
		Mend:    "Name the file.",
	},
	{
		Code: "script-not-executable", Title: "a program that its user may not execute",
		Means: "The file is there and its mode does not let the script's user run it.",
		Hurts: "The script will not be run.",
		Mend:  "chmod +x FILE, or name another user.",
	},
	{
		Code: "script-unsafe", Title: "a program that others than root can change",
		Means: "The script runs as root, and somebody else may write to it or to a directory on its path.",
		Hurts: "Whoever can do that is root. With enable_script_security the script is not run.",
		Mend:  "chown root and chmod go-w for what the finding names; or run the script as another user.",
	},
}
