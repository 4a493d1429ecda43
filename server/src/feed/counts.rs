//! Counts of accepted, outdated and rejected lines by kind.

use super::fact::Kind;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// New or newer than what was known.
    pub accepted: u64,
    /// As old as what is known, or older.
    pub outdated: u64,
    pub rejected: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.outdated += other.outdated;
        self.rejected += other.rejected;
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the order of `Kind::ALL`, and last the lines whose kind is not known.
    tallies: [Tally; Kind::ALL.len() + 1],
    /// Bytes at the end of files that have no newline yet.
    pub unfinished: u64,
}

impl Counts {
    fn at(&mut self, kind: Option<Kind>) -> &mut Tally {
        &mut self.tallies[kind.map_or(Kind::ALL.len(), |kind| kind as usize)]
    }

    /// Counts lines of the kind, of which so many were accepted and the others outdated.
    pub fn read(&mut self, kind: Kind, lines: u64, accepted: u64) {
        self.at(Some(kind)).add(Tally { accepted, outdated: lines.saturating_sub(accepted), rejected: 0 });
    }

    pub fn reject(&mut self, kind: Option<Kind>) {
        self.at(kind).rejected += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (tally, further) in self.tallies.iter_mut().zip(other.tallies) {
            tally.add(further);
        }
        self.unfinished += other.unfinished;
    }

    pub fn of(&self, kind: Option<Kind>) -> Tally {
        self.tallies[kind.map_or(Kind::ALL.len(), |kind| kind as usize)]
    }

    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.tallies.iter().for_each(|tally| total.add(*tally));
        total
    }

    /// Lines of every fate.
    pub fn lines(&self) -> u64 {
        let total = self.total();
        total.accepted + total.outdated + total.rejected
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{:<14} {:>10} {:>10} {:>10}", "", "accepted", "outdated", "rejected")?;
        let kinds = Kind::ALL.into_iter().map(Some).chain([None]);
        for kind in kinds {
            let tally = self.of(kind);
            if tally != Tally::default() {
                let name = kind.map_or("unknown", Kind::code);
                let Tally { accepted, outdated, rejected } = tally;
                writeln!(formatter, "{name:<14} {accepted:>10} {outdated:>10} {rejected:>10}")?;
            }
        }
        let Tally { accepted, outdated, rejected } = self.total();
        write!(formatter, "{:<14} {accepted:>10} {outdated:>10} {rejected:>10}", "all")
    }
}
