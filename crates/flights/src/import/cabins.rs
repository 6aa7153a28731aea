//! Cabin strings such as `F8J42W24Y226`, and the seats they stand for.

use std::str::FromStr;

use crate::seats::SeatType;

/// Up to this many seats an airplane has a narrow cabin of two and two.
const REGIONAL: usize = 110;
/// From this many seats it has two aisles.
const TWO_AISLES: usize = 210;

/// The cabins from front to back with their numbers of seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cabins(Vec<(SeatType, usize)>);

impl FromStr for Cabins {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rule = "must be cabins with their seats such as F8J42W24Y226";
        let mut cabins = vec![];
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let r#type = match letter {
                'F' => SeatType::FirstClass,
                'J' => SeatType::Business,
                'W' => SeatType::PremiumEconomy,
                'Y' => SeatType::Economy,
                _ => return Err(rule),
            };
            let digits = &rest[1..];
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            let seats: u16 = digits[..end].parse().map_err(|_| rule)?;
            if seats == 0 || cabins.iter().any(|(known, _)| *known == r#type) {
                return Err(rule);
            }
            cabins.push((r#type, usize::from(seats)));
            rest = &digits[end..];
        }
        match cabins.is_empty() {
            true => Err(rule),
            false => Ok(Self(cabins)),
        }
    }
}

impl Cabins {
    /// All seats.
    pub fn capacity(&self) -> usize {
        self.0.iter().map(|(_, seats)| seats).sum()
    }

    /// Row, letter and cabin of each seat, from the front. A cabin starts a new row.
    pub fn seats(&self) -> Vec<(i16, char, SeatType)> {
        let mut seats = vec![];
        let mut row = 0;
        for (r#type, count) in &self.0 {
            let letters = letters(*r#type, self.capacity());
            for number in 0..*count {
                let place = number % letters.len();
                if place == 0 {
                    row += 1;
                }
                seats.push((row, char::from(letters[place]), *r#type));
            }
        }
        seats
    }
}

/// The letters of a row: first and business 1-2-1 with two aisles, else 2-2; premium economy 2-4-2
/// or 3-3; economy 3-3-3, 3-3, or 2-2 in a regional airplane.
fn letters(r#type: SeatType, capacity: usize) -> &'static [u8] {
    match (r#type, capacity) {
        (SeatType::FirstClass | SeatType::Business, TWO_AISLES..) => b"ADGK",
        (SeatType::FirstClass | SeatType::Business, _) | (_, ..=REGIONAL) => b"ACDF",
        (SeatType::PremiumEconomy, TWO_AISLES..) => b"ACDEFGHK",
        (SeatType::Economy, TWO_AISLES..) => b"ABCDEFGHJ",
        _ => b"ABCDEF",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn cabins_become_seats_row_by_row() {
        let cabins: Cabins = "F8J42W24Y226".parse().expect("cabins");
        let seats = cabins.seats();
        assert_eq!((cabins.capacity(), seats.len()), (300, 300));
        assert_eq!(seats[0], (1, 'A', SeatType::FirstClass));
        assert_eq!(seats[8], (3, 'A', SeatType::Business));
        assert_eq!(seats[299].2, SeatType::Economy);
        let places: HashSet<_> = seats.iter().map(|(row, col, _)| (row, col)).collect();
        assert_eq!(places.len(), 300);
    }

    #[test]
    fn other_texts_are_no_cabins() {
        for bad in [
            "", "Y", "Y0", "150", "X10", "Y10Y10", "Y-1", "Y 1", "Y99999", "\u{e9}1",
        ] {
            assert!(bad.parse::<Cabins>().is_err(), "{bad:?}");
        }
    }
}
