package probe

// Late is late.
var Late = late
