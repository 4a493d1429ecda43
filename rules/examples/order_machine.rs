//! Prints the order's machine as a Mermaid state diagram, for docs/orders.md.

#[path = "../tests/support/order_diagram.rs"]
mod order_diagram;

#[expect(clippy::print_stdout, reason = "the diagram is this example's answer")]
fn main() {
    print!("{}", order_diagram::diagram());
}
