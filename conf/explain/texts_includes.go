package explain

// includeTexts explain the codes about files and their formatting.
var includeTexts = []Text{
	{
		Code: "include-loop", Title: "a file that includes itself",
		Means: "The file is being read already: it includes itself, directly or by way of others.",
		Hurts: "It is not read once more; what was to stand there is missing.",
		Example: `# in a.conf
include b.conf
# in b.conf
include a.conf`,
		Mend: "Break the circle.",
	},
	{
		Code: "include-too-deep", Title: "includes nest too deeply",
		Means: "Files include files beyond any depth that somebody would write by hand.",
		Hurts: "The file is not read.",
		Mend:  "Look for an include that includes ever more, or include the files from one place.",
	},
	{
		Code: "include-too-many", Title: "braces that stand for too many names",
		Means:   "The braces of an include pattern multiply: each pair of them is tried with each other.",
		Hurts:   "Nothing is included by the line.",
		Example: `include {a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}.conf`,
		Mend:    "Use a wildcard, or several lines.",
	},
	{
		Code: "include-bad-pattern", Title: "a pattern that cannot be read",
		Means:   "The pattern of an include line is malformed, as by a [ that is never closed.",
		Hurts:   "Nothing is included by the line.",
		Example: `include conf.d/[a-.conf`,
		Mend:    "Close the bracket, or write a backslash before it if the name has one.",
	},
	{
		Code: "include-some-missing", Title: "some files of an include are missing",
		Means:   "Of the names that the braces of a pattern stand for, some match a file and others do not.",
		Hurts:   "Those that are there are included, and the rest is missing without an error.",
		Example: `include conf.d/{web,mail}.conf`,
		Mend:    "Remove the name, or put the file there.",
	},
	{
		Code: "too-many-files", Title: "too many files are included",
		Means: "More files are included than this program reads for one configuration.",
		Hurts: "The rest is not read.",
		Mend:  "Look for an include that matches too much, or that multiplies by including itself under other names.",
	},
	{
		Code: "bad-repetition", Title: "a malformed ~SEQ or ~LST",
		Means:   "The line repeats its text for a sequence or a list, and the description of the sequence cannot be read.",
		Hurts:   "The line is ignored: nothing of what it stands for is there.",
		Example: `~SEQ(N, 10, 0, 20) 192.0.2.$N`,
		Mend:    "Write ~SEQ(VAR, START, STEP, END) TEXT or ~LST(VAR, WORD, …) TEXT. START and STEP may be left out if they are 1.",
	},
	{
		Code: "random-range", Title: "a random number between bounds that are the wrong way round",
		Means:   "In ${_RANDOM LOW HIGH} the least number is above the greatest.",
		Hurts:   "The number is not random: it is the first bound.",
		Example: `${_RANDOM 20 10}`,
		Mend:    "Write the smaller number first.",
	},
	{
		Code: "ambiguous-line", Title: "a line that cannot be formatted without changing what it means",
		Means: "Several statements or blocks share the line in a way that a formatter cannot take apart for every reader of the file.",
		Hurts: "The formatter leaves the file alone.",
		Mend:  "Write the statements on lines of their own.",
	},
	{
		Code: "too-many-ids", Title: "too many configuration ids with blocks of their own",
		Means: "The file picks lines by more @id names than the formatter can hold against each other.",
		Hurts: "The formatter leaves the file alone.",
		Mend:  "Move what belongs to one node into a file of its own and include it by @id.",
	},
}
