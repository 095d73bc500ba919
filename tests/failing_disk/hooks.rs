//! The table of C functions between `SQLite` and the system's own.
//!
//! Only functions are replaced: a file stays what the system's table made of it, with its functions
//! exchanged for ours, which count and then call the ones that were there.
#![expect(unsafe_code, reason = "a file system of SQLite is a table of C functions")]

use std::{
    ffi::{c_char, c_int, c_void},
    ptr,
    sync::OnceLock,
};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

use crate::plan::{Operation, Way, count};

/// Functions of a file: ours first, so that a pointer to them is one to this.
#[repr(C)]
struct Hooked {
    ours: sqlite3_io_methods,
    system: *const sqlite3_io_methods,
}

/// The system's table.
struct System(*mut sqlite3_vfs);

// SAFETY: SQLite's own table is static and its functions may be called on any thread.
unsafe impl Send for System {}
// SAFETY: as above; nothing is written through the pointer.
unsafe impl Sync for System {}

static SYSTEM: OnceLock<System> = OnceLock::new();

/// Puts the counting disk under every connection that is opened from now on.
///
/// # Panics
/// When `SQLite` has no file system, or refuses another one.
pub fn install() {
    SYSTEM.get_or_init(|| {
        // SAFETY: a null name asks for the default table, which is static.
        let system = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        assert!(!system.is_null(), "SQLite has a file system");
        // SAFETY: it is not null, and made of integers, pointers and functions, which may be copied.
        let mut ours = unsafe { ptr::read(system) };
        ours.zName = c"failing".as_ptr();
        ours.pNext = ptr::null_mut();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ours.xAccess = Some(access);
        // SAFETY: the table lives as long as the process, as SQLite demands.
        let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes another file system");
        System(system)
    });
}

fn system() -> *mut sqlite3_vfs {
    SYSTEM.get().expect("the functions are called after install").0
}

/// The system's functions of a file of ours.
///
/// # Safety
/// `file` is one that [`open`] opened.
unsafe fn of(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    // SAFETY: `open` set the pointer to the first field of a `Hooked` that is never freed, and that
    // one's to the system's static functions.
    unsafe { &*(*(*file).pMethods.cast::<Hooked>()).system }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    if count(Operation::Open).is_some() {
        // SAFETY: SQLite hands in memory for a file; without functions it is not closed.
        unsafe { (*file).pMethods = ptr::null() };
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: the arguments are SQLite's own, passed on to the table that they are meant for.
    unsafe {
        let open = (*system()).xOpen.expect("a file system opens files");
        let opened = open(system(), name, file, flags, out);
        if opened == ffi::SQLITE_OK && !(*file).pMethods.is_null() {
            (*file).pMethods = hooked((*file).pMethods);
        }
        opened
    }
}

/// Ours for these functions. A few dozen bytes for each file that a test opens are never freed.
///
/// # Safety
/// `system` points to functions that live as long as the process.
unsafe fn hooked(system: *const sqlite3_io_methods) -> *const sqlite3_io_methods {
    // SAFETY: the caller says that it points to functions; they may be copied.
    let mut ours = unsafe { ptr::read(system) };
    ours.xRead = Some(read);
    ours.xWrite = Some(write);
    ours.xTruncate = Some(truncate);
    ours.xSync = Some(sync);
    ours.xFileSize = Some(size);
    ours.xLock = Some(lock);
    // A table of version 1 has no shared memory; ours has it where the system's has.
    if ours.iVersion >= 2 && ours.xShmMap.is_some() {
        ours.xShmMap = Some(share);
        ours.xShmLock = Some(share_lock);
    }
    ptr::from_ref(Box::leak(Box::new(Hooked { ours, system }))).cast()
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    if count(Operation::Delete).is_some() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    // SAFETY: the arguments are SQLite's own, passed on to the table that they are meant for.
    unsafe { (*system()).xDelete.map_or(ffi::SQLITE_IOERR, |delete| delete(system(), name, sync)) }
}

unsafe extern "C" fn access(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    if count(Operation::Access).is_some() {
        return ffi::SQLITE_IOERR_ACCESS;
    }
    // SAFETY: as in `delete`.
    unsafe {
        (*system()).xAccess.map_or(ffi::SQLITE_IOERR, |access| access(system(), name, flags, out))
    }
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    if count(Operation::Read).is_some() {
        return ffi::SQLITE_IOERR_READ;
    }
    // SAFETY: the file is ours, and the arguments are SQLite's own.
    unsafe { of(file).xRead.map_or(ffi::SQLITE_IOERR, |read| read(file, into, length, at)) }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: as in `read`; half of what may be read from `from` is less than all of it.
    let pass = |length| unsafe {
        of(file).xWrite.map_or(ffi::SQLITE_IOERR, |write| write(file, from, length, at))
    };
    match count(Operation::Write) {
        None => pass(length),
        Some(Way::Torn) => {
            pass(length / 2);
            ffi::SQLITE_IOERR_WRITE
        }
        Some(Way::Full) => ffi::SQLITE_FULL,
        Some(Way::Once | Way::FromThenOn) => ffi::SQLITE_IOERR_WRITE,
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    if count(Operation::Truncate).is_some() {
        return ffi::SQLITE_IOERR_TRUNCATE;
    }
    // SAFETY: as in `read`.
    unsafe { of(file).xTruncate.map_or(ffi::SQLITE_IOERR, |truncate| truncate(file, length)) }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    if count(Operation::Sync).is_some() {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    // SAFETY: as in `read`.
    unsafe { of(file).xSync.map_or(ffi::SQLITE_IOERR, |sync| sync(file, flags)) }
}

unsafe extern "C" fn size(file: *mut sqlite3_file, out: *mut sqlite3_int64) -> c_int {
    if count(Operation::Size).is_some() {
        return ffi::SQLITE_IOERR_FSTAT;
    }
    // SAFETY: as in `read`.
    unsafe { of(file).xFileSize.map_or(ffi::SQLITE_IOERR, |size| size(file, out)) }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    if count(Operation::Lock).is_some() {
        return ffi::SQLITE_IOERR_LOCK;
    }
    // SAFETY: as in `read`.
    unsafe { of(file).xLock.map_or(ffi::SQLITE_IOERR, |lock| lock(file, level)) }
}

unsafe extern "C" fn share(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    if count(Operation::Share).is_some() {
        // SAFETY: SQLite hands in a place for a pointer; there is no memory to point to.
        unsafe { *out = ptr::null_mut() };
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    // SAFETY: as in `read`.
    unsafe {
        of(file).xShmMap.map_or(ffi::SQLITE_IOERR, |share| share(file, page, size, extend, out))
    }
}

unsafe extern "C" fn share_lock(
    file: *mut sqlite3_file,
    offset: c_int,
    number: c_int,
    flags: c_int,
) -> c_int {
    // Letting go is no operation of a disk, and never fails.
    let takes = flags & ffi::SQLITE_SHM_UNLOCK == 0;
    if takes && count(Operation::ShareLock).is_some() {
        return ffi::SQLITE_IOERR_SHMLOCK;
    }
    // SAFETY: as in `read`.
    unsafe { of(file).xShmLock.map_or(ffi::SQLITE_IOERR, |lock| lock(file, offset, number, flags)) }
}
