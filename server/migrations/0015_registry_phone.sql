-- The phone that the registry holds for the person: a code to it proves who somebody is.
alter table persons add column phone text; -- sealed; none where the registry has none
