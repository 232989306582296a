//! A Hog value in 64 bits.
//!
//! Floats are stored as themselves. Everything else lives in the unused negative quiet NaNs, whose upper 16 bits are a
//! tag: [`Value::TAG_SPECIAL`] (null, booleans), [`Value::TAG_INT`] (integers of up to 48 bits) and [`Value::TAG_REF`]
//! (a [`Kind`] and the address of a heap block). NaNs that programs compute are canonicalised to the positive quiet
//! NaN, so no float can be mistaken for a tag.

/// What a reference points to, stored beside the address so that a type test needs no memory access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    /// UTF-8 text.
    String = 1,
    /// A list of values.
    Array = 2,
    /// A list of values that can't be changed.
    Tuple = 3,
    /// A map from keys to values in insertion order.
    Object = 4,
    /// A function of the program with the variables it captured.
    Closure = 5,
    /// An integer that does not fit into 48 bits.
    BigInt = 6,
    /// An instant with a time zone.
    DateTime = 7,
    /// A calendar date.
    Date = 8,
    /// An error object: type, message, payload.
    Error = 9,
    /// The box of a captured variable; never visible to programs.
    Cell = 10,
    /// A library function as a value; the address is its index in [`crate::library::FUNCTIONS`].
    Library = 11,
}

impl Kind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_u16(kind: u16) -> Option<Self> {
        Some(match kind {
            1 => Self::String,
            2 => Self::Array,
            3 => Self::Tuple,
            4 => Self::Object,
            5 => Self::Closure,
            6 => Self::BigInt,
            7 => Self::DateTime,
            8 => Self::Date,
            9 => Self::Error,
            10 => Self::Cell,
            11 => Self::Library,
            _ => return None,
        })
    }
}

/// A Hog value; see the [module](self) for its encoding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(pub u64);

/// A value taken apart, for exhaustive matching.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unpacked {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer within 48 bits.
    Int(i64),
    /// A float.
    Float(f64),
    /// A heap block: its kind and address.
    Ref(Kind, u32),
    /// A bit pattern that no well-behaved party makes (also [`Value::EXCEPTION`]).
    Invalid,
}

impl Value {
    /// Upper 16 bits of null and the booleans.
    pub const TAG_SPECIAL: u64 = 0xFFF9;
    /// Upper 16 bits of a small integer; the lower 48 are its two's complement.
    pub const TAG_INT: u64 = 0xFFFA;
    /// Upper 16 bits of a reference; bits 32 to 47 are the [`Kind`], the lower 32 the address.
    pub const TAG_REF: u64 = 0xFFFB;

    /// `null`.
    pub const NULL: Self = Self(Self::TAG_SPECIAL << 48);
    /// `false`.
    pub const FALSE: Self = Self(Self::TAG_SPECIAL << 48 | 2);
    /// `true`.
    pub const TRUE: Self = Self(Self::TAG_SPECIAL << 48 | 3);
    /// What a function of the program returns when it ended by `throw`; never visible to programs.
    pub const EXCEPTION: Self = Self(Self::TAG_SPECIAL << 48 | 4);

    /// The smallest integer that needs no heap block.
    pub const INT_MIN: i64 = -(1 << 47);
    /// The largest integer that needs no heap block.
    pub const INT_MAX: i64 = (1 << 47) - 1;
    const PAYLOAD: u64 = (1 << 48) - 1;

    /// A boolean.
    #[must_use]
    pub const fn bool(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// An integer, if it fits into 48 bits.
    #[must_use]
    pub const fn small_int(value: i64) -> Option<Self> {
        if value < Self::INT_MIN || value > Self::INT_MAX {
            return None;
        }
        Some(Self(Self::TAG_INT << 48 | (value as u64 & Self::PAYLOAD)))
    }

    /// A float; every NaN becomes the canonical one.
    #[must_use]
    pub const fn float(value: f64) -> Self {
        if value.is_nan() {
            Self(0x7FF8_0000_0000_0000)
        } else {
            Self(value.to_bits())
        }
    }

    /// A reference to a heap block.
    #[must_use]
    pub const fn reference(kind: Kind, address: u32) -> Self {
        Self(Self::TAG_REF << 48 | (kind as u64) << 32 | address as u64)
    }

    /// The upper 16 bits.
    #[must_use]
    pub const fn tag(self) -> u64 {
        self.0 >> 48
    }

    /// The address, if this is a reference of that kind.
    #[must_use]
    pub const fn address_of(self, kind: Kind) -> Option<u32> {
        if self.0 >> 32 == Self::TAG_REF << 16 | kind as u64 {
            Some(self.0 as u32)
        } else {
            None
        }
    }

    /// Takes the value apart.
    #[must_use]
    pub const fn unpack(self) -> Unpacked {
        match self.tag() {
            Self::TAG_INT => Unpacked::Int(((self.0 << 16) as i64) >> 16),
            Self::TAG_REF => match Kind::from_u16((self.0 >> 32) as u16) {
                Some(kind) => Unpacked::Ref(kind, self.0 as u32),
                None => Unpacked::Invalid,
            },
            tag if tag < Self::TAG_SPECIAL => Unpacked::Float(f64::from_bits(self.0)),
            _ => match self {
                Self::NULL => Unpacked::Null,
                Self::FALSE => Unpacked::Bool(false),
                Self::TRUE => Unpacked::Bool(true),
                _ => Unpacked::Invalid,
            },
        }
    }
}

impl core::fmt::Debug for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.unpack().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_48_bits_need_no_heap() {
        for value in [0, 1, -1, Value::INT_MAX, Value::INT_MIN] {
            assert_eq!(Value::small_int(value).map(Value::unpack), Some(Unpacked::Int(value)));
        }
        assert_eq!(Value::small_int(Value::INT_MAX + 1), None);
        assert_eq!(Value::small_int(Value::INT_MIN - 1), None);
    }

    #[test]
    fn no_float_is_mistaken_for_a_tag() {
        for value in [0.0, -0.0, 1.5, f64::MIN, f64::MAX, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Value::float(value).unpack(), Unpacked::Float(value));
        }
        let negative_nan = f64::from_bits(0xFFFB_0001_0000_0010);
        assert!(matches!(Value::float(negative_nan).unpack(), Unpacked::Float(f) if f.is_nan()));
    }

    #[test]
    fn references_know_their_kind() {
        let value = Value::reference(Kind::Tuple, 0x1234);
        assert_eq!(value.unpack(), Unpacked::Ref(Kind::Tuple, 0x1234));
        assert_eq!(value.address_of(Kind::Tuple), Some(0x1234));
        assert_eq!(value.address_of(Kind::Array), None);
        assert_eq!(Value::EXCEPTION.unpack(), Unpacked::Invalid);
    }
}
