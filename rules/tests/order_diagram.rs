//! The diagram that people read is the table that the program follows.

use rules::families::camera::MACHINE;

#[test]
fn the_diagram_in_the_documents_is_the_edge_table() {
    let document = include_str!("../../docs/orders.md");
    let drawn = document.split_once("```mermaid\n").and_then(|(_, rest)| rest.split_once("```"));
    let (drawn, _) = drawn.expect("docs/orders.md has a diagram");
    assert_eq!(drawn, MACHINE.diagram(), "cargo run -p rules --example order_machine prints it anew");
}
