//! A plate number drawn as a plate.

use leptos::prelude::*;
use rules::plate::PlateNumber;
use rules::vehicle::VehicleKind;

/// Which plate it is drawn as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlateLook {
    /// Small vehicles: white on blue.
    #[default]
    Blue,
    /// New-energy vehicles: black on green.
    Green,
    /// Large vehicles and motorcycles: black on yellow.
    Yellow,
}

impl PlateLook {
    /// New-energy numbers are one character longer; otherwise the kind of vehicle decides.
    pub fn of(number: &PlateNumber, kind: VehicleKind) -> Self {
        match kind {
            _ if number.to_string().chars().count() == 8 => Self::Green,
            VehicleKind::Large | VehicleKind::Medium | VehicleKind::Motorcycle => Self::Yellow,
            VehicleKind::Small | VehicleKind::Other => Self::Blue,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Blue => "lt-plate lt-plate--blue",
            Self::Green => "lt-plate lt-plate--green",
            Self::Yellow => "lt-plate lt-plate--yellow",
        }
    }
}

#[component]
pub fn Plate(
    number: PlateNumber,
    #[prop(default = VehicleKind::Small)] kind: VehicleKind,
    #[prop(optional)] large: bool,
) -> impl IntoView {
    let class = PlateLook::of(&number, kind).class();
    let class = if large { format!("{class} lt-plate--large") } else { class.to_owned() };
    view! { <span class=class lang="zh-CN">{number.spoken()}</span> }
}
