//! TensorBoard's event files: TFRecords of protocol buffers, written by hand because
//! four kinds of field are all it takes.

use std::path::Path;

use super::crc32c::masked;
use crate::LabError;

/// One number of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scalar<'a> {
    /// Which curve, such as `pool/completeness`.
    pub tag: &'a str,
    /// Along the bottom: votes.
    pub step: u64,
    /// Seconds since 1970.
    pub wall_seconds: f64,
    /// The number; the format keeps 32 bits of it.
    pub value: f64,
}

/// The bytes of one event file.
#[must_use]
pub fn encode(wall_seconds: f64, scalars: &[Scalar<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut first = Vec::new();
    double(&mut first, 1, wall_seconds);
    bytes(&mut first, 3, b"brain.Event:2");
    record(&mut file, &first);
    for scalar in scalars {
        let mut value = Vec::new();
        bytes(&mut value, 1, scalar.tag.as_bytes());
        float(&mut value, 2, scalar.value as f32);
        let mut summary = Vec::new();
        bytes(&mut summary, 1, &value);
        let mut event = Vec::new();
        double(&mut event, 1, scalar.wall_seconds);
        key(&mut event, 2, 0);
        varint(&mut event, scalar.step);
        bytes(&mut event, 5, &summary);
        record(&mut file, &event);
    }
    file
}

/// Writes `folder/events.out.tfevents.<seconds>.lensfinder`.
///
/// # Errors
/// When the disk refuses.
pub fn write(folder: &Path, wall_seconds: f64, scalars: &[Scalar<'_>]) -> Result<(), LabError> {
    let name = format!("events.out.tfevents.{:.0}.lensfinder", wall_seconds.max(0.0));
    campaign::write_atomically(&folder.join(name), &encode(wall_seconds, scalars))?;
    Ok(())
}

/// Length, its checksum, the data, their checksum.
fn record(file: &mut Vec<u8>, data: &[u8]) {
    let length = (data.len() as u64).to_le_bytes();
    file.extend(length);
    file.extend(masked(&length).to_le_bytes());
    file.extend(data);
    file.extend(masked(data).to_le_bytes());
}

fn key(out: &mut Vec<u8>, field: u64, wire: u64) {
    varint(out, (field << 3) | wire);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn double(out: &mut Vec<u8>, field: u64, value: f64) {
    key(out, field, 1);
    out.extend(value.to_le_bytes());
}

fn float(out: &mut Vec<u8>, field: u64, value: f32) {
    key(out, field, 5);
    out.extend(value.to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, field: u64, data: &[u8]) {
    key(out, field, 2);
    varint(out, data.len() as u64);
    out.extend(data);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CRC-32C bit by bit, as its definition reads; nothing of the writer is used here.
    fn checksum(data: &[u8]) -> u32 {
        let mut crc = u32::MAX;
        for byte in data {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82F6_3B78 } else { crc >> 1 };
            }
        }
        (!crc).rotate_right(15).wrapping_add(0xA282_EAD8)
    }

    fn take<'a>(bytes: &mut &'a [u8], n: usize) -> &'a [u8] {
        let (head, rest) = bytes.split_at(n);
        *bytes = rest;
        head
    }

    fn number(bytes: &mut &[u8]) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = take(bytes, 1)[0];
            value |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return value;
            }
        }
    }

    /// Field and raw content of every field of a message.
    fn fields(mut message: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut found = Vec::new();
        while !message.is_empty() {
            let key = number(&mut message);
            let content = match key & 7 {
                0 => number(&mut message).to_le_bytes().to_vec(),
                1 => take(&mut message, 8).to_vec(),
                2 => {
                    let length = number(&mut message) as usize;
                    take(&mut message, length).to_vec()
                }
                5 => take(&mut message, 4).to_vec(),
                wire => panic!("wire type {wire}"),
            };
            found.push((key >> 3, content));
        }
        found
    }

    fn records(mut file: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while !file.is_empty() {
            let length = take(&mut file, 8);
            assert_eq!(take(&mut file, 4), checksum(length).to_le_bytes());
            let data = take(&mut file, u64::from_le_bytes(length.try_into().expect("8")) as usize);
            assert_eq!(take(&mut file, 4), checksum(data).to_le_bytes());
            found.push(data.to_vec());
        }
        found
    }

    #[test]
    fn another_reader_finds_the_same_numbers() {
        let scalars = [
            Scalar { tag: "pool/completeness", step: 300, wall_seconds: 1.5e9, value: 0.25 },
            Scalar { tag: "pool/purity", step: 1 << 40, wall_seconds: 1.5e9 + 1.0, value: -3.0 },
        ];
        let records = records(&encode(1.5e9, &scalars));
        assert_eq!(records.len(), 3);
        assert_eq!(fields(&records[0])[1], (3, b"brain.Event:2".to_vec()));
        for (scalar, record) in scalars.iter().zip(&records[1..]) {
            let event = fields(record);
            assert_eq!(event[0].1, scalar.wall_seconds.to_le_bytes());
            assert_eq!(event[1].1, scalar.step.to_le_bytes());
            let value = fields(&fields(&event[2].1)[0].1);
            assert_eq!(value[0].1, scalar.tag.as_bytes());
            assert_eq!(value[1].1, (scalar.value as f32).to_le_bytes());
        }
    }
}
