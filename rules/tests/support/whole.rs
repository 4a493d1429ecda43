//! Cases that pass every rule of their place and give every fact.

#[path = "passing.rs"]
mod passing;

use rules::families::camera::CameraCase;

/// A base case with a binding and a lease that nobody asks for.
pub fn case(place: &str) -> CameraCase {
    let mut case = passing::base(place);
    case["vehicle"]["bound_since"] = "2026-10-01T00:00:00Z".into();
    case["vehicle"]["lease"] = serde_json::json!({
        "registered_at": "2026-11-01T00:00:00Z", "from": "2026-11-02T00:00:00Z", "until": "2026-11-16T00:00:00Z",
        "role": "lessee",
    });
    serde_json::from_value(case).expect("a case")
}
