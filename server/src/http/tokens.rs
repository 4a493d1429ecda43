//! The token of forms, which only pages of this session or visit know. Each answer shows it under another mask: equal
//! bytes in compressed pages would tell it to whoever watches their sizes and chooses a part of their text.

use subtle::ConstantTimeEq;

use crate::state::State;

const BYTES: usize = 16;

fn token(state: &State, secret: &str) -> [u8; BYTES] {
    let mut token = [0; BYTES];
    let hash = state.sealer.look_up("csrf", secret);
    hex::decode_to_slice(hash, &mut token).expect("a look-up hash is 16 bytes in hex");
    token
}

fn masked(token: [u8; BYTES], mask: [u8; BYTES]) -> String {
    let mut hidden = token;
    hidden.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    hex::encode(mask) + &hex::encode(hidden)
}

fn unmasked(text: &str) -> Option<[u8; BYTES]> {
    let mut parts = [[0; BYTES]; 2];
    hex::decode_to_slice(text, parts.as_flattened_mut()).ok()?;
    let [mask, mut token] = parts;
    token.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    Some(token)
}

/// The token for a page of the session or visit with this secret.
pub fn show(state: &State, secret: &str) -> String {
    masked(token(state, secret), state.clock.random())
}

/// True when both texts show the same token.
pub fn same(given: &str, shown: &str) -> bool {
    let (Some(given), Some(shown)) = (unmasked(given), unmasked(shown)) else { return false };
    given.ct_eq(&shown).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_under_every_mask_and_no_other() {
        let (first, second) = (masked([7; BYTES], [1; BYTES]), masked([7; BYTES], [2; BYTES]));
        assert_ne!(first, second);
        assert_ne!(first[2 * BYTES..], second[2 * BYTES..]);
        assert!(same(&first, &second));
        assert!(!same(&masked([8; BYTES], [1; BYTES]), &first));
        for text in ["", "7", &"0".repeat(63), &"g".repeat(64), &"0".repeat(66)] {
            assert!(!same(text, &first), "{text}");
        }
    }
}
