//! Prints the order's machine as a Mermaid state diagram, for docs/orders.md.

#[expect(clippy::print_stdout, reason = "the diagram is this example's answer")]
fn main() {
    print!("{}", rules::families::camera::MACHINE.diagram());
}
