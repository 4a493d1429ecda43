//! Cases that pass every rule of their place.

/// What passes everywhere: a small own car, one record of 3 points and 200 yuan, five days ago.
pub fn base(place: &str) -> serde_json::Value {
    let (region, plate) = match place {
        "national" => ("450203", "桂B12345"),
        "kunming" => ("530102", "云A12345"),
        "nanning" => ("450103", "桂A12345"),
        "shandong" => ("370102", "鲁A12345"),
        "chongqing" => ("500103", "渝A12345"),
        other => panic!("no base case for {other}"),
    };
    serde_json::json!({
        "now": "2026-11-18T02:00:00Z",
        "applicant": {
            "identity": "real-person",
            "licence": {
                "states": ["normal"], "cycle_points": 0, "carried_points": 0, "full_marks": 0, "next_cycle": "2027-03-01",
            },
            "held_points": 0,
        },
        "vehicle": {
            "plate": plate, "kind": "small", "usage": "non-operating", "states": ["normal"], "relation": "own",
            "bound_since": null, "lease": null,
        },
        "record": {
            "region": region, "violated_at": "2026-11-13T00:00:00Z", "capture": "device", "penalty": "fine",
            "fine": 20000, "points": 3, "points_known": true, "state": "unprocessed", "disputed": false,
        },
        "selected_points": 3,
        "dispute_declared": false,
        "channels": ["wechat", "unionpay"],
    })
}
