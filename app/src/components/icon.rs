//! Line icons in the colour of the text. They are decoration: a word stands beside each.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Home,
    Business,
    Progress,
    Person,
    Back,
    Car,
    Camera,
    Receipt,
    Book,
    Calculator,
    Settings,
    Clock,
    Check,
    Cross,
    Alert,
    Info,
    Offline,
    Phone,
    Place,
    Licence,
}

impl IconName {
    /// Strokes on a 24 × 24 ground.
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z",
            Self::Business => {
                "M4 4h6.5v6.5H4zM13.5 4H20v6.5h-6.5zM4 13.5h6.5V20H4zM16.75 13.5v6.5M13.5 16.75H20"
            }
            Self::Progress => "M6 5v14M6 5h.01M6 12h.01M6 19h.01M10 5h9M10 12h9M10 19h6",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Car => {
                "M4 16v-3.5l2-6A2 2 0 0 1 8 5h8a2 2 0 0 1 2 1.5l2 6V16M4 12.5h16M4 16h16v3h-3v-3M4 16v3h3v-3"
            }
            Self::Camera => {
                "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5z"
            }
            Self::Receipt => "M6 3.5h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5zM9 8.5h6M9 12.5h6",
            Self::Book => {
                "M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13H6.5A1.5 1.5 0 0 0 5 18.5zM5 18.5A1.5 1.5 0 0 0 6.5 20H19v-3"
            }
            Self::Calculator => {
                "M6 3.5h12v17H6zM9 7.5h6M9 12h.01M12 12h.01M15 12h.01M9 16h.01M12 16h.01M15 16h.01"
            }
            Self::Settings => {
                "M5 7h8M17 7h2M5 17h2M11 17h8M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            }
            Self::Clock => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Cross => "M6 6l12 12M18 6L6 18",
            Self::Alert => "M12 4l9 16H3zM12 10v4.5M12 17.25h.01",
            Self::Info => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5M12 8h.01",
            Self::Offline => {
                "M4 4l16 16M8.5 16a5 5 0 0 1 5.5-1M5 12.5a10 10 0 0 1 5-2.5M19 12.5a10 10 0 0 0-5.5-2.8M12 19.5h.01"
            }
            Self::Phone => {
                "M6 4h3l1.5 4.5L8.5 10a11 11 0 0 0 5.5 5.5l1.5-2L20 15v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z"
            }
            Self::Place => {
                "M12 20.5s-6.5-5.6-6.5-10.5a6.5 6.5 0 0 1 13 0c0 4.9-6.5 10.5-6.5 10.5zM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z"
            }
            Self::Licence => {
                "M3.5 6h17v12h-17zM8 12.5a1.7 1.7 0 1 0 0-3.5 1.7 1.7 0 0 0 0 3.5zM5.5 15.5a2.5 2.5 0 0 1 5 0M13.5 10h4M13.5 14h4"
            }
        }
    }
}

#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class="lt-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=name.path()></path>
        </svg>
    }
}
