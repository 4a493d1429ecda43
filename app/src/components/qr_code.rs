//! A QR code drawn by the server, black on white in every theme. A text that is too long gives none.

use leptos::prelude::*;
use qrcodegen::{QrCode as Code, QrCodeEcc, QrSegment, Version};

/// Finer codes are not read from a phone's display.
const FINEST: u8 = 30;
/// The white frame, in modules, that readers need.
const FRAME: i32 = 4;

#[component]
pub fn QrCode(
    text: String,
    /// Names the code for whoever does not see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let segments = QrSegment::make_segments(&text);
    let code = Code::encode_segments_advanced(
        &segments,
        QrCodeEcc::Low,
        Version::MIN,
        Version::new(FINEST),
        None,
        true,
    );
    code.ok().map(|code| {
        let (size, path) = (code.size() + 2 * FRAME, path(&code));
        let view_box = format!("0 0 {size} {size}");
        view! {
            <svg class="lt-qr" role="img" aria-label=label viewBox=view_box shape-rendering="crispEdges">
                <rect width=size height=size fill="white"/>
                <path d=path fill="black"/>
            </svg>
        }
    })
}

/// Dark modules as horizontal bars.
fn path(code: &Code) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let length = (x..code.size()).take_while(|at| code.get_module(*at, y)).count();
            if length > 0 {
                path.push_str(&format!("M{} {}h{length}v1h-{length}z", x + FRAME, y + FRAME));
            }
            x += i32::try_from(length).unwrap_or_default() + 1;
        }
    }
    path
}
