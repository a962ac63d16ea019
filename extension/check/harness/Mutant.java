package bespoke.check;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A method that no longer does what it should; a test of it that still passes does not notice.
 *
 * <p>The class file is changed and not the source: that costs nothing, needs neither the sources nor their annotation processors, and
 * works for all versions of Java. Only code without branches is written, because that needs no stack map.
 */
enum Mutant {
  /** Does nothing and gives back 0, false or null. Notices nothing where that is what was expected. */
  DOES_NOTHING,
  /** Does all that it did and gives back another value. Ends with an exception where it gave back null; the same as ever where it gives back nothing. */
  GIVES_ANOTHER_VALUE,
  /** Ends with an exception: for tests that say that there is none. */
  THROWS;

  private static final int PRIVATE = 0x2;
  private static final int PUBLIC_PROTECTED_FINAL = 0x1 | 0x4 | 0x10;
  private static final int STATIC = 0x8;
  private static final int SYNTHETIC = 0x1000;

  /** The class with every method of this name changed; null when the mutant cannot be made of it, for instance of an abstract method. */
  byte[] of(byte[] classFile, String method) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    copy(in, new DataOutputStream(start), 8);
    ConstantPool pool = ConstantPool.read(in);
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(rest);
    boolean isInterface = (copyShort(in, out) & 0x200) != 0;
    int thisClass = copyShort(in, out);
    copyShort(in, out);
    copy(in, out, 2 * copyShort(in, out));
    for (int fields = copyShort(in, out); fields > 0; fields--) {
      copy(in, out, 6);
      copyAttributes(in, out);
    }
    int methods = in.readUnsignedShort();
    List<byte[]> written = new ArrayList<>();
    boolean changed = false;
    for (int index = 0; index < methods; index++) {
      Member member = Member.read(in, pool);
      boolean isWanted = member.name.equals(method) && member.code != null && (member.access & SYNTHETIC) == 0;
      if (!isWanted || (this == GIVES_ANOTHER_VALUE && member.descriptor.endsWith(")V"))) {
        written.add(member.bytes(member.access, member.nameIndex, member.code));
        continue;
      }
      changed = true;
      if (this == GIVES_ANOTHER_VALUE) {
        String original = "bespoke$" + method;
        int access = member.access & ~PUBLIC_PROTECTED_FINAL | PRIVATE;
        written.add(member.bytes(access, pool.utf8(original), member.code));
        int call = pool.member(isInterface ? ConstantPool.INTERFACE_METHOD : ConstantPool.METHOD, thisClass, original, member.descriptor);
        written.add(member.bytes(member.access, member.nameIndex, otherValue(member, call, pool)));
      } else {
        byte[] code = this == THROWS ? throwing(pool) : nothing(member.descriptor);
        written.add(member.bytes(member.access, member.nameIndex, codeAttribute(member, code)));
      }
    }
    if (!changed) return null;
    out.writeShort(written.size());
    for (byte[] one : written) out.write(one);
    in.transferTo(out);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    start.writeTo(whole);
    pool.write(new DataOutputStream(whole));
    rest.writeTo(whole);
    return whole.toByteArray();
  }

  private static byte[] nothing(String descriptor) {
    switch (descriptor.charAt(descriptor.indexOf(')') + 1)) {
      case 'V':
        return bytes(0xb1); // return
      case 'J':
        return bytes(0x09, 0xad); // lconst_0, lreturn
      case 'F':
        return bytes(0x0b, 0xae); // fconst_0, freturn
      case 'D':
        return bytes(0x0e, 0xaf); // dconst_0, dreturn
      case 'L':
      case '[':
        return bytes(0x01, 0xb0); // aconst_null, areturn
      default:
        return bytes(0x03, 0xac); // iconst_0, ireturn
    }
  }

  private static byte[] throwing(ConstantPool pool) {
    int type = pool.type("java/lang/IllegalStateException");
    int made = pool.member(ConstantPool.METHOD, type, "<init>", "()V");
    // new, dup, invokespecial, athrow
    return bytes(0xbb, type >> 8, type, 0x59, 0xb7, made >> 8, made, 0xbf);
  }

  private static byte[] otherValue(Member member, int call, ConstantPool pool) throws IOException {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    int local = 0;
    if ((member.access & STATIC) == 0) code.write(bytes(0x19, local++)); // aload
    for (char kind : member.parameters()) {
      int load = kind == 'J' ? 0x16 : kind == 'F' ? 0x17 : kind == 'D' ? 0x18 : kind == 'L' ? 0x19 : 0x15;
      if (local > 255) throw new IOException("too many parameters");
      code.write(bytes(load, local));
      local += kind == 'J' || kind == 'D' ? 2 : 1;
    }
    code.write(bytes((member.access & STATIC) != 0 ? 0xb8 : 0xb7, call >> 8, call)); // invokestatic or invokespecial
    switch (member.descriptor.charAt(member.descriptor.indexOf(')') + 1)) {
      case 'Z':
        code.write(bytes(0x04, 0x82, 0xac)); // iconst_1, ixor, ireturn
        break;
      case 'J':
        code.write(bytes(0x0a, 0x61, 0xad)); // lconst_1, ladd, lreturn
        break;
      case 'F':
        code.write(bytes(0x0c, 0x62, 0xae)); // fconst_1, fadd, freturn
        break;
      case 'D':
        code.write(bytes(0x0f, 0x63, 0xaf)); // dconst_1, dadd, dreturn
        break;
      case 'L':
      case '[':
        int objects = pool.type("java/util/Objects");
        int required = pool.member(ConstantPool.METHOD, objects, "requireNonNull", "(Ljava/lang/Object;)Ljava/lang/Object;");
        code.write(bytes(0xb8, required >> 8, required, 0x57, 0x01, 0xb0)); // invokestatic, pop, aconst_null, areturn
        break;
      default:
        code.write(bytes(0x04, 0x60)); // iconst_1, iadd
        char kind = member.descriptor.charAt(member.descriptor.length() - 1);
        if (kind == 'B') code.write(0x91);
        if (kind == 'C') code.write(0x92);
        if (kind == 'S') code.write(0x93);
        code.write(0xac); // ireturn
    }
    return codeAttribute(member, code.toByteArray());
  }

  /** The content of a Code attribute without handlers and without attributes of its own. */
  private static byte[] codeAttribute(Member member, byte[] code) throws IOException {
    int locals = (member.access & STATIC) == 0 ? 1 : 0;
    for (char kind : member.parameters()) locals += kind == 'J' || kind == 'D' ? 2 : 1;
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(content);
    out.writeShort(locals + 4);
    out.writeShort(locals);
    out.writeInt(code.length);
    out.write(code);
    out.writeShort(0);
    out.writeShort(0);
    return content.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int index = 0; index < values.length; index++) bytes[index] = (byte) values[index];
    return bytes;
  }

  private static int copyShort(DataInputStream in, DataOutputStream out) throws IOException {
    int value = in.readUnsignedShort();
    out.writeShort(value);
    return value;
  }

  private static void copy(DataInputStream in, DataOutputStream out, int length) throws IOException {
    out.write(in.readNBytes(length));
  }

  private static void copyAttributes(DataInputStream in, DataOutputStream out) throws IOException {
    for (int attributes = copyShort(in, out); attributes > 0; attributes--) {
      copyShort(in, out);
      int length = in.readInt();
      out.writeInt(length);
      copy(in, out, length);
    }
  }

  /** A method of a class file. */
  private static final class Member {
    int access;
    int nameIndex;
    int descriptorIndex;
    String name;
    String descriptor;

    /** Content of the Code attribute; null where there is none. */
    byte[] code;

    int codeNameIndex;

    /** Every other attribute, header included. */
    final List<byte[]> others = new ArrayList<>();

    static Member read(DataInputStream in, ConstantPool pool) throws IOException {
      Member member = new Member();
      member.access = in.readUnsignedShort();
      member.nameIndex = in.readUnsignedShort();
      member.descriptorIndex = in.readUnsignedShort();
      member.name = pool.text(member.nameIndex);
      member.descriptor = pool.text(member.descriptorIndex);
      for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
        int attributeName = in.readUnsignedShort();
        byte[] content = in.readNBytes(in.readInt());
        if ("Code".equals(pool.text(attributeName))) {
          member.code = content;
          member.codeNameIndex = attributeName;
        } else {
          member.others.add(attribute(attributeName, content));
        }
      }
      return member;
    }

    byte[] bytes(int asAccess, int asName, byte[] asCode) throws IOException {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(content);
      out.writeShort(asAccess);
      out.writeShort(asName);
      out.writeShort(descriptorIndex);
      out.writeShort(others.size() + (asCode == null ? 0 : 1));
      for (byte[] other : others) out.write(other);
      if (asCode != null) out.write(attribute(codeNameIndex, asCode));
      return content.toByteArray();
    }

    /** One letter a parameter, as descriptors write them; {@code L} for arrays too. */
    List<Character> parameters() {
      List<Character> kinds = new ArrayList<>();
      for (int at = 1; descriptor.charAt(at) != ')'; at++) {
        char kind = descriptor.charAt(at);
        boolean isArray = kind == '[';
        while (descriptor.charAt(at) == '[') at++;
        if (descriptor.charAt(at) == 'L') at = descriptor.indexOf(';', at);
        kinds.add(isArray ? 'L' : kind);
      }
      return kinds;
    }

    private static byte[] attribute(int name, byte[] content) throws IOException {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(whole);
      out.writeShort(name);
      out.writeInt(content.length);
      out.write(content);
      return whole.toByteArray();
    }
  }
}
