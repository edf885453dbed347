package check

// alarm judges whether so many servers of a service have failed that their checks are not to be believed: more than panic_threshold says.
// Then all that have ever been up count as up again, for the table and for the quorum, until enough have recovered.
func (s *service) alarm(acts []Action) []Action {
	panics, sick, all := s.alarmed(nil, 0)
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

// alarmed judges it as if so many checkers of one server had failed; nil: as it is. It counts who has failed of how many.
func (s *service) alarmed(of *server, failing int) (panics bool, sick, all int) {
	for _, r := range s.servers {
		if r.order == OrderDisable {
			continue
		}
		all++
		n := r.failing
		if r == of {
			n = failing
		}
		if n > 0 && r.once {
			sick++
		}
	}
	limit := s.conf.PanicThreshold.V
	return limit > 0 && sick*100 > limit*all, sick, all
}

// well reports whether a server is to be up: no checker has failed, or nobody believes them, and no operator has taken it out.
func (r *server) well() bool { return r.wellWith(r.failing, r.service.panics) }

func (r *server) wellWith(failing int, panics bool) bool {
	return r.order != OrderDisable && (failing == 0 || panics && r.once)
}
