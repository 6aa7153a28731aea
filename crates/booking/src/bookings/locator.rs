//! Record locators: how people name their booking.

/// Capital letters and digits without 0 and O, 1 and I, which people confuse.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 6;

/// A random record locator, one of 32^6; unique by the key of the table.
pub fn random() -> String {
    (0..LENGTH)
        .map(|_| char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locator_has_six_characters_that_nobody_confuses() {
        for _ in 0..1000 {
            let locator = random();
            assert_eq!(locator.len(), 6);
            assert!(!locator.contains(['0', 'O', '1', 'I']), "{locator}");
        }
    }
}
