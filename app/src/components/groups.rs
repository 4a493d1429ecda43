//! Texts of the four groups of records.

use rules::families::camera::Group;

use super::{say, say_with};
use crate::api::violations::GroupCounts;

/// The heading of the group.
pub fn group_title(group: Group) -> String {
    say(&format!("group.{}", group.code()))
}

/// "2 条可以网上办，1 条要到窗口": the groups with open records.
pub fn counts_words(counts: &GroupCounts) -> String {
    let open = [Group::Online, Group::Later, Group::Office];
    let words = open
        .into_iter()
        .filter(|group| counts.of(*group) > 0)
        .map(|group| say_with(&format!("group.count-{}", group.code()), &[("count", &counts.of(group))]));
    words.collect::<Vec<_>>().join(&say("group.and"))
}
