package explain

// syntaxTexts explain the codes about the reader of files.
var syntaxTexts = []Text{
	{
		Code: "cannot-read", Title: "a file cannot be read",
		Means:   "The file does not exist, may not be read, or is a directory where a file is wanted.",
		Hurts:   "What it was to say is missing: instances, scripts and servers of an included file do not run. An absent main file is an error with an exit status of its own.",
		Example: `include /etc/keepalived/conf.d/web.conf`,
		Mend:    "Correct the path or the permissions. Relative paths count from the directory of the file that includes.",
	},
	{
		Code: "include-no-match", Title: "an include that matches no file",
		Means:   "No file matches the pattern of an include line.",
		Hurts:   "Nothing is included. That is what a pattern is for, and it is also what a misspelt directory looks like.",
		Example: `include conf.d/*.cnf`,
		Mend:    "Correct the pattern. includem and includea insist on a match.",
	},
	{
		Code: "comment-backslash", Title: "a comment that ends in a backslash",
		Means: "A comment is cut from its line, but a backslash at its very end is not: it is put behind what stands before the comment, " +
			"without white space between.",
		Hurts:   "The last word of the line gets a backslash, and a line that is a comment alone becomes an unknown keyword.",
		Example: `priority 50        # the spare one of C:\`,
		Mend:    "Take the backslash away, or put something behind it.",
	},
	{
		Code: "comment-in-word", Title: "a comment sign within a word",
		Means:   "! and # begin a comment wherever they stand outside quotes, also in the middle of a word. The rest of the line is not read.",
		Hurts:   "A password or a path is cut short, and the line still looks whole.",
		Example: `auth_pass k3y#one        # the password is k3y`,
		Mend:    "Put the word in double quotes if the character belongs to it.",
	},
	{
		Code: "definition-loop", Title: "a definition that refers to itself",
		Means: "A $NAME stands in its own text, directly or by way of other definitions.",
		Hurts: "It is expanded no further than once, so the line is not what was meant.",
		Example: `$A=$B
$B=$A`,
		Mend: "Break the circle.",
	},
	{
		Code: "expansion-too-long", Title: "a line that expands to too much",
		Means: "The references of a line expand to more than this program takes into one line; the text was cut.",
		Hurts: "What comes after the cut is missing.",
		Example: `$A=0123456789
$B=$A$A$A$A$A$A$A$A
$C=$B$B$B$B$B$B$B$B`,
		Mend: "Spread the text over several lines, or look for a definition that repeats itself.",
	},
	{
		Code: "undefined-reference", Title: "a reference to a definition that is not there",
		Means: "$NAME or ${NAME} is used and was not defined above this line.",
		Hurts: "The word stays as it is written, dollar sign and all, and is read as a name, a number or an address that it is not.",
		Example: `$IFACE=eth0
vrrp_instance VI_1 {
    interface $IFCE
}`,
		Mend: "Correct the name, or define it before its use: $NAME=VALUE.",
	},
	{
		Code: "not-expanded-yet", Title: "a form of definition or reference that is not expanded yet",
		Means: "The language has this form, and this release of Holdfast does not expand it.",
		Hurts: "The lines in question are ignored, or nothing is put in the place of the reference.",
		Mend:  "Write out what it stands for.",
	},
	{
		Code: "extra-close-brace", Title: "a closing brace without an opening one",
		Means: "A } stands where no block is open.",
		Hurts: "Usually a block was closed too early: what follows it was read as if it stood outside.",
		Example: `vrrp_instance VI_1 {
    virtual_ipaddress {
        192.0.2.10
    }
    }
    priority 150            # outside of the instance
}`,
		Mend: "Remove the brace, or add the opening one that is missing above it.",
	},
	{
		Code: "missing-close-brace", Title: "a block that is never closed",
		Means: "The file ends and a block is still open. The place is where it was opened.",
		Hurts: "What was to stand after the block was read as part of it and is not understood there.",
		Example: `vrrp_instance VI_1 {
    virtual_ipaddress {
        192.0.2.10
}`,
		Mend: "Add the closing brace; the indentation usually shows where.",
	},
	{
		Code: "missing-open-brace", Title: "a block without an opening brace",
		Means: "The keyword needs a block, and neither its line nor the next one has a {.",
		Hurts: "The block is ignored, or its lines are read as if they stood outside.",
		Example: `vrrp_instance VI_1
    interface eth0
}`,
		Mend: "Put a { at the end of the line.",
	},
	{
		Code: "unexpected-open-brace", Title: "an opening brace where no block can be",
		Means: "A { follows something that takes no block.",
		Hurts: "Everything up to the matching } is skipped.",
		Example: `vrrp_instance VI_1 {
    priority 150 {
    }
}`,
		Mend: "Remove the braces, or correct the keyword before them.",
	},
	{
		Code: "too-deep", Title: "blocks nest too deeply",
		Means: "Blocks stand within blocks beyond any depth that the language has a use for.",
		Hurts: "What is inside is skipped.",
		Mend:  "Look for a missing } above.",
	},
	{
		Code: "long-line", Title: "a line longer than keepalived reads",
		Means: "keepalived reads a bounded number of bytes of a line. Holdfast reads all of it.",
		Hurts: "The same file means something else to keepalived.",
		Mend:  "Split the line if keepalived is to read the file too.",
	},
	{
		Code: "nul-byte", Title: "a NUL byte in the file",
		Means: "The line holds a byte of value 0, as files do that were damaged or are not text.",
		Hurts: "The rest of the line is ignored.",
		Mend:  "Write the line anew.",
	},
	{
		Code: "unmatched-quote", Title: "a quote that is never closed",
		Means:   "A string begins with a quote, and the line ends without the second one.",
		Hurts:   "The rest of the line is taken as part of the string, with arguments that were to follow it.",
		Example: `notify_master "/etc/keepalived/notify.sh master`,
		Mend:    "Close the quote.",
	},
	{
		Code: "web-white-space", Title: "white space that is none to keepalived",
		Means: "The line has a no-break space or other white space of web pages and word processors. Holdfast reads it as white space.",
		Hurts: "keepalived takes it for part of a word: it does not know the keyword and ignores the line.",
		Mend:  "Replace it with plain spaces: LC_ALL=C grep -nP '\\xC2\\xA0' FILE finds the usual ones.",
	},
	{
		Code: "foreign-comment", Title: "a comment of another language",
		Means:   "Comments begin with # or !. A // or ; begins none.",
		Hurts:   "The words after it are read as arguments, or the whole line as an unknown keyword.",
		Example: `priority 100   // the higher one is master`,
		Mend:    "Begin the comment with #.",
	},
	{
		Code: "missing-argument", Title: "a keyword without its argument",
		Means:   "The keyword needs one or more words after it, and the line ends before them.",
		Hurts:   "Mostly keepalived stops reading the file there and does not run (exit status 2); with some keywords it goes on without the line.",
		Example: `virtual_router_id`,
		Mend:    "Add the argument; docs/keywords.md lists the arguments of each keyword.",
	},
	{
		Code: "extra-words", Title: "more words than the keyword takes",
		Means:   "The keyword uses a certain number of words, and the line has more.",
		Hurts:   "They are ignored. Perhaps a line break is missing, and the second of two settings has no effect.",
		Example: `priority 150 advert_int 1`,
		Mend:    "Remove the words, or put them on a line of their own.",
	},
}
