//! Enums kept as text in ENUM and VARCHAR columns.

/// Declares an enum whose text is the same in the database, in JSON and in code. A derived
/// `sqlx::Type` cannot read NOT NULL ENUM columns, so this one reads and writes them as `str`.
#[macro_export]
macro_rules! str_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[derive($crate::schemars::JsonSchema)]
        #[schemars(crate = "service_kit::schemars")]
        $(#[$meta])*
        $vis enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in the database and on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(format!("{other:?} is no {}", stringify!($name))),
                }
            }
        }

        impl $crate::sqlx::Type<$crate::sqlx::MySql> for $name {
            fn type_info() -> $crate::sqlx::mysql::MySqlTypeInfo {
                <str as $crate::sqlx::Type<$crate::sqlx::MySql>>::type_info()
            }
            fn compatible(info: &$crate::sqlx::mysql::MySqlTypeInfo) -> bool {
                <str as $crate::sqlx::Type<$crate::sqlx::MySql>>::compatible(info)
            }
        }

        impl<'q> $crate::sqlx::Encode<'q, $crate::sqlx::MySql> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut Vec<u8>,
            ) -> Result<$crate::sqlx::encode::IsNull, $crate::sqlx::error::BoxDynError> {
                <&str as $crate::sqlx::Encode<$crate::sqlx::MySql>>::encode_by_ref(&self.as_str(), buffer)
            }
        }

        impl<'r> $crate::sqlx::Decode<'r, $crate::sqlx::MySql> for $name {
            fn decode(
                value: $crate::sqlx::mysql::MySqlValueRef<'r>,
            ) -> Result<Self, $crate::sqlx::error::BoxDynError> {
                Ok(<&str as $crate::sqlx::Decode<$crate::sqlx::MySql>>::decode(value)?.parse()?)
            }
        }
    };
}
