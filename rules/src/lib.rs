//! Pure decisions: value types, parameters, eligibility, fees, states and their edges. No IO, clock, chance or async.
