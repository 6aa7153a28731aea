//! Money is integer minor units and an ISO 4217 currency; this writes it for people.

/// Digits after the point, ISO 4217 "minor unit".
fn exponent(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `USD 218.00` of 21800 minor units.
pub fn display(minor_units: i64, currency: &str) -> String {
    let digits = exponent(currency);
    let unit = 10i64.pow(digits);
    match digits {
        0 => format!("{currency} {minor_units}"),
        _ => format!(
            "{currency} {}.{:0width$}",
            minor_units / unit,
            minor_units % unit,
            width = digits as usize
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_follow_the_currency() {
        assert_eq!(display(21_800, "USD"), "USD 218.00");
        assert_eq!(display(5, "EUR"), "EUR 0.05");
        assert_eq!(display(21_800, "JPY"), "JPY 21800");
        assert_eq!(display(21_805, "KWD"), "KWD 21.805");
    }
}
