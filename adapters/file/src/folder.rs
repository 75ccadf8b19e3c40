//! The folder on disk: looking, reading and setting aside. Blocking; called from a blocking task.
//!
//! Must never delete, write over, or follow a symbolic link.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::look::{Look, Seen};

/// What reading a file gave.
pub(crate) enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// It has changed or gone since the look; look again.
    Changed,
    /// It is above the limit.
    TooLarge,
    /// It cannot be read.
    Unreadable(io::ErrorKind),
}

/// Ordinary files of the folder, whatever their names.
pub(crate) fn look(folder: &Path) -> io::Result<Look> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A file may vanish between the listing and this; then there is nothing to see.
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_file() {
            files.push(seen(&entry.file_name(), &meta)?);
        }
    }
    Ok(Look { files })
}

fn seen(name: &OsStr, meta: &fs::Metadata) -> io::Result<Seen> {
    Ok(Seen { name: name.to_owned(), size: meta.len(), modified: meta.modified()?, number: number(meta) })
}

#[cfg(unix)]
fn number(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}

/// Reads a file that was seen, and makes sure that it is still what was seen.
pub(crate) fn read(folder: &Path, file: &Seen, max: u64) -> Content {
    if file.size > max {
        return Content::TooLarge;
    }
    let path = folder.join(&file.name);
    match whole(&path, max) {
        Ok(body) if body.len() as u64 == file.size && still(&path, file) => Content::Whole(body),
        Ok(_) => Content::Changed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Content::Changed,
        Err(e) => Content::Unreadable(e.kind()),
    }
}

fn whole(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    fs::File::open(path)?.take(max.saturating_add(1)).read_to_end(&mut body)?;
    Ok(body)
}

fn still(path: &Path, file: &Seen) -> bool {
    let now = fs::symlink_metadata(path).and_then(|meta| seen(&file.name, &meta));
    now.is_ok_and(|now| now == *file)
}

/// Moves a file to a folder inside the watched one, under a free name.
pub(crate) fn set_aside(folder: &Path, name: &OsStr, to: &str) -> io::Result<()> {
    let target = folder.join(to);
    fs::create_dir_all(&target)?;
    fs::rename(folder.join(name), free(&target, name))
}

/// The name itself, or with `.1`, `.2` … behind it. Only this program writes there, so a free name stays free.
fn free(target: &Path, name: &OsStr) -> PathBuf {
    let numbered = (1_u32..).map(|n| {
        let mut name = name.to_owned();
        name.push(format!(".{n}"));
        name
    });
    let mut names = std::iter::once(name.to_owned()).chain(numbered).map(|n| target.join(n));
    names.find(|path| fs::symlink_metadata(path).is_err()).unwrap_or_else(|| target.join(name))
}

/// Whether the folder can be listed and its subfolders written to.
pub(crate) fn check(folder: &Path) -> io::Result<()> {
    fs::read_dir(folder)?;
    for to in ["done", "failed"] {
        fs::create_dir_all(folder.join(to))?;
        if fs::metadata(folder.join(to))?.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_and_what_has_vanished_are_told_apart() {
        let room = tempfile::TempDir::new().unwrap();
        fs::create_dir(room.path().join("mappe")).unwrap();
        let meta = fs::metadata(room.path().join("mappe")).unwrap();
        let folder = seen(OsStr::new("mappe"), &meta).unwrap();
        assert!(matches!(read(room.path(), &folder, u64::MAX), Content::Unreadable(_)));
        fs::remove_dir(room.path().join("mappe")).unwrap();
        assert!(matches!(read(room.path(), &folder, u64::MAX), Content::Changed));
    }

    #[test]
    fn a_file_that_has_changed_since_the_look_is_not_taken() {
        let room = tempfile::TempDir::new().unwrap();
        let path = room.path().join("liste.json");
        fs::write(&path, "{}").unwrap();
        let file = look(room.path()).unwrap().files.remove(0);
        assert!(matches!(read(room.path(), &file, 10), Content::Whole(body) if body == b"{}"));
        fs::write(&path, "{\"a\":1}").unwrap();
        assert!(matches!(read(room.path(), &file, 10), Content::Changed));
    }
}
