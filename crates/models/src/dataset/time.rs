//! Dates and times in cells, and what the calendar says of them.
//! Days are counted by the proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date
//! Algorithms"); times without an offset are taken as UTC.

use serde::{Deserialize, Serialize};

/// Which comes first in `3/4/2026`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Year, month, day: ISO 8601.
    #[default]
    YearFirst,
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

impl DateOrder {
    /// In the order in which they are tried: where both of the last two fit, a dot says day first
    /// and a slash month first.
    pub(crate) const ALL: [Self; 3] = [Self::YearFirst, Self::DayFirst, Self::MonthFirst];
}

const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970-01-01T00:00:00Z of a cell; `None` when it is no date in this order.
pub(crate) fn parse(text: &str, order: DateOrder) -> Option<i64> {
    let text = text.trim();
    let (date, clock) = match text.find(['T', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    Some(days_of(date, order)? * DAY_MS + clock_ms(clock)?)
}

fn days_of(date: &str, order: DateOrder) -> Option<i64> {
    let separator = date.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = date.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match order {
        DateOrder::YearFirst => (a, b, c),
        DateOrder::DayFirst => (c, b, a),
        DateOrder::MonthFirst => (c, a, b),
    };
    if year.len() != 4 {
        return None;
    }
    let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
    let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    is_date.then(|| days_from_civil(year, month, day))
}

/// Time of day, less the offset: empty, `H:MM`, `HH:MM:SS`, fractions, `Z` or `+HH:MM` behind, `AM` or
/// `PM` behind.
fn clock_ms(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let lower = text.to_ascii_lowercase();
    let (text, noon) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim(), Some(0)),
        (_, Some(rest)) => (rest.trim(), Some(12)),
        (None, None) => (lower.as_str(), None),
    };
    let (clock, offset_ms) = match text.find(['z', '+', '-']) {
        Some(at) => (text.get(..at)?.trim(), offset_ms(text.get(at..)?)?),
        None => (text, 0),
    };
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?)?;
    let minute = digits(parts.next()?)?;
    let seconds = parts.next().map_or(Some(0.0), |text| {
        text.starts_with(|c: char| c.is_ascii_digit()).then(|| text.parse::<f64>().ok()).flatten()
    })?;
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    let is_time = hour < 24 && minute < 60 && seconds < 61.0 && parts.next().is_none();
    #[expect(clippy::cast_possible_truncation, reason = "below 61,000")]
    is_time.then(|| (hour * 60 + minute) * 60_000 + (seconds * 1_000.0).round() as i64 - offset_ms)
}

fn offset_ms(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("z", "") => return Some(0),
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    Some(sign * (digits(hours)? * 60 + digits(minutes)?) * 60_000)
}

fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// What the calendar says of a moment, in UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calendar {
    /// 1 to 12.
    pub month: u8,
    /// 1 (Monday) to 7, as ISO 8601 counts.
    pub weekday: u8,
    /// 1 to 366.
    pub day_of_year: u16,
    /// 0 to 24, with minutes and seconds as fraction.
    pub hour: f64,
    /// Days since 1970-01-01, with the time of day as fraction.
    pub days: f64,
}

impl Calendar {
    /// Of milliseconds since 1970-01-01T00:00:00Z.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ms, the year 287396")]
    pub fn at(ms: i64) -> Self {
        let (day, of_day) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
        let shifted = day + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_march_year =
            day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_march_year + 2) / 153;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |n: i64| u16::try_from(n).unwrap_or(u16::MAX);
        Self {
            month: u8::try_from(month).unwrap_or(u8::MAX),
            weekday: u8::try_from((day + 3).rem_euclid(7) + 1).unwrap_or(u8::MAX),
            day_of_year: small(day - days_from_civil(year, 1, 1) + 1),
            hour: of_day as f64 / 3_600_000.0,
            days: ms as f64 / DAY_MS as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        let check = |text: &str, order, expected| {
            assert_eq!(parse(text, order), expected, "{text}");
        };
        check("1970-01-01", YearFirst, Some(0));
        check("2026-11-21T20:15:30Z", YearFirst, Some(1_795_292_130_000));
        check("2026-11-21 20:15:30.250", YearFirst, Some(1_795_292_130_250));
        check("2026-11-21T22:15:30+02:00", YearFirst, Some(1_795_292_130_000));
        check("2026-11-21T22:15+0200", YearFirst, Some(1_795_292_100_000));
        check("21.11.2026", DayFirst, Some(1_795_219_200_000));
        check("11/21/2026 8:15 PM", MonthFirst, Some(1_795_292_100_000));
        check("12/1/2026 12:00 am", MonthFirst, Some(1_796_083_200_000));
        check("2024-02-29", YearFirst, Some(1_709_164_800_000));
        for wrong in
            ["2023-02-29", "2026-13-01", "2026-11", "26-11-21", "2026-11-21 25:00", "x", ""]
        {
            check(wrong, YearFirst, None);
        }
        check("21/11/2026", MonthFirst, None);
    }

    proptest! {
        #[test]
        fn the_calendar_takes_back_what_was_counted(
            year in 1600i64..2400, month in 1i64..=12, day in 1i64..=28, ms in 0..DAY_MS,
        ) {
            let at = days_from_civil(year, month, day) * DAY_MS + ms;
            let calendar = Calendar::at(at);
            prop_assert_eq!(i64::from(calendar.month), month);
            let first = days_from_civil(year, 1, 1);
            prop_assert_eq!(i64::from(calendar.day_of_year), at.div_euclid(DAY_MS) - first + 1);
            prop_assert!((1..=7).contains(&calendar.weekday));
            prop_assert_eq!(Calendar::at(at + 7 * DAY_MS).weekday, calendar.weekday);
        }
    }
}
