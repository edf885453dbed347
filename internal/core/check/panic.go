package check

// alarm judges whether so many servers of a service have failed that their checks are not to be believed: more than panic_threshold says.
// Then all that have ever been up count as up again, for the table and for the quorum, until enough have recovered.
func (s *service) alarm(acts []Action) []Action {
	limit := s.conf.PanicThreshold.V
	sick, all := 0, 0
	for _, r := range s.servers {
		if r.order == OrderDisable {
			continue
		}
		all++
		if r.failing > 0 && r.once {
			sick++
		}
	}
	panics := limit > 0 && sick*100 > limit*all
	if panics == s.panics {
		return acts
	}
	s.panics = panics
	rep := s.report(PanicOver)
	if panics {
		rep.Kind = Panicking
	}
	rep.Failed, rep.Of = sick, all
	acts = say(rep, acts)
	for _, r := range s.servers {
		acts = r.settle(nil, acts)
	}
	return acts
}

// well reports whether a server is to be up: no checker has failed, or nobody believes them, and no operator has taken it out.
func (r *server) well() bool {
	return r.order != OrderDisable && (r.failing == 0 || r.service.panics && r.once)
}
