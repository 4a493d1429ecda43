//! The parts of pages that run in the browser. Their texts come as props, so that they are not compiled into the
//! wasm.

mod ask_again;
mod countdown;
mod selection;
mod session;
mod verify;
mod what_if;
mod worker;

pub use ask_again::AskAgain;
pub use countdown::{Countdown, CountdownWords};
pub use selection::{SelectionBar, SelectionFacts, SelectionWords};
pub use session::{SessionTimer, SessionWords};
pub use verify::{Verified, VerifyReceipt, VerifyWords, answer as verify_answer};
pub use what_if::{WhatIfAnswer, WhatIfRules, WhatIfWords};
pub use worker::{ForgetCopies, ServiceWorker};
