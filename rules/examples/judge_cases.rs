//! Judges a million generated cases with all explanations. `tools/bench` measures it in a browser, where the target has
//! neither output nor clock of its own.

#[path = "../tests/support/generator.rs"]
mod generator;

use std::hint::black_box;

use rules::calendar;
use rules::families::camera::{CameraCase, CameraParameters, assess_with};
use rules::rulebook::Rulebook;

const CASES: usize = 5_000;
const ROUNDS: usize = 200;

fn main() {
    let rulebook = Rulebook::shipped();
    let prepared = |case: CameraCase| -> (CameraCase, CameraParameters) {
        let place = rulebook.place_of(&case.record.region).map(|place| place.id.clone());
        let parameters = rulebook.parameters(place.as_ref(), calendar::local(case.now).date());
        (case, parameters)
    };
    let cases: Vec<_> = generator::cases(CASES).map(prepared).collect();
    for _ in 0..ROUNDS {
        for (case, parameters) in &cases {
            black_box(assess_with(black_box(case), parameters));
        }
    }
}
