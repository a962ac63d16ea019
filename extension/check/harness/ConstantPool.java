package bespoke.check;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The constants of a class file: read, added to, and written with the old ones as they were. */
final class ConstantPool {
  static final int METHOD = 10;
  static final int INTERFACE_METHOD = 11;

  private final Map<Integer, String> texts = new HashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private int count;

  private ConstantPool() {}

  static ConstantPool read(DataInputStream in) throws IOException {
    ConstantPool pool = new ConstantPool();
    pool.count = in.readUnsignedShort();
    for (int index = 1; index < pool.count; index++) {
      int tag = in.readUnsignedByte();
      pool.out.writeByte(tag);
      switch (tag) {
        case 1: // Utf8
          String text = in.readUTF();
          pool.texts.put(index, text);
          pool.out.writeUTF(text);
          break;
        case 5: // Long
        case 6: // Double
          pool.out.write(in.readNBytes(8));
          // These two take the place of two.
          index++;
          break;
        case 7: // Class
        case 8: // String
        case 16: // MethodType
        case 19: // Module
        case 20: // Package
          pool.out.write(in.readNBytes(2));
          break;
        case 15: // MethodHandle
          pool.out.write(in.readNBytes(3));
          break;
        case 3: // Integer
        case 4: // Float
        case 9: // Field
        case METHOD:
        case INTERFACE_METHOD:
        case 12: // NameAndType
        case 17: // Dynamic
        case 18: // InvokeDynamic
          pool.out.write(in.readNBytes(4));
          break;
        default:
          throw new IOException("unknown constant " + tag);
      }
    }
    return pool;
  }

  /** Null when the constant is no text. */
  String text(int index) {
    return texts.get(index);
  }

  int utf8(String text) {
    return add(1, () -> out.writeUTF(text));
  }

  int type(String internalName) {
    int name = utf8(internalName);
    return add(7, () -> out.writeShort(name));
  }

  int member(int kind, int type, String name, String descriptor) {
    int nameIndex = utf8(name);
    int descriptorIndex = utf8(descriptor);
    int nameAndType = add(12, () -> {
      out.writeShort(nameIndex);
      out.writeShort(descriptorIndex);
    });
    return add(kind, () -> {
      out.writeShort(type);
      out.writeShort(nameAndType);
    });
  }

  void write(DataOutputStream target) throws IOException {
    target.writeShort(count);
    bytes.writeTo(target);
  }

  private interface Content {
    void write() throws IOException;
  }

  private int add(int tag, Content content) {
    try {
      out.writeByte(tag);
      content.write();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return count++;
  }
}
