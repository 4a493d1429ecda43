//! The order's machine as a Mermaid state diagram, drawn from the edge table.

use rules::order::{EDGES, OrderState};

pub fn diagram() -> String {
    let mut text = String::from("stateDiagram-v2\n    [*] --> placed: place\n");
    for (from, event, to) in EDGES {
        text += &format!("    {} --> {}: {}\n", from.code(), to.code(), event.code());
    }
    for state in OrderState::ALL {
        if EDGES.iter().all(|(from, _, _)| from != state) {
            text += &format!("    {} --> [*]\n", state.code());
        }
    }
    text
}
