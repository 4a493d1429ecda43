//! Shapes that the demo registry follows, as weights. Hours, weekdays and tickets per car follow what two published sets
//! of Philadelphia's parking tickets show, rounded; what cameras record, and how often, is our choice.

use rand::Rng;
use rand::rngs::StdRng;

/// Tickets by hour of the day, in thousands.
pub const HOURS: [u32; 24] =
    [19, 13, 7, 5, 4, 3, 8, 44, 69, 101, 166, 225, 233, 203, 206, 169, 153, 111, 71, 87, 80, 98, 36, 18];

/// Tickets by weekday from Monday, in thousands.
pub const WEEKDAYS: [u32; 7] = [311, 346, 333, 385, 371, 287, 96];

/// Of a thousand cars with tickets, those with so many: the first stands for 1. The longer tail is cut at 30.
pub const TICKETS: [u32; 30] =
    [392, 177, 74, 58, 77, 28, 44, 13, 8, 15, 6, 6, 3, 55, 3, 3, 1, 2, 1, 1, 4, 1, 1, 1, 1, 1, 1, 12, 1, 1];

/// What cameras record, with a weight each. Fine and points come from the table of codes.
pub const CODES: [(&str, u32); 18] = [
    ("1039", 30),
    ("1345", 18),
    ("1344", 12),
    ("1352", 10),
    ("1625", 8),
    ("1208", 7),
    ("1357", 6),
    ("6050", 6),
    ("1019", 5),
    ("1120", 5),
    ("7045", 4),
    ("4305", 4),
    ("1636", 4),
    ("1223", 3),
    ("1211", 3),
    ("4008", 2),
    ("1301", 2),
    ("1614", 1),
];

/// An index by weight.
pub fn pick(rng: &mut StdRng, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let total: u32 = weights.clone().sum();
    let mut left = rng.random_range(0..total.max(1));
    for (index, weight) in weights.enumerate() {
        if left < weight {
            return index;
        }
        left -= weight;
    }
    0
}
